-- wrk asks for one page as one reader after another. Of the arguments after "--" the first is the name of a header and
-- each other one its value for a reader.
-- Prints what was measured as one line of JSON.

local name, readers = nil, {}
local number = 0

function init(arguments)
  name = table.remove(arguments, 1)
  readers = arguments
end

function request()
  number = number + 1
  local headers = { ["Accept-Language"] = "en" }
  if name then
    headers[name] = readers[number % #readers + 1]
  end
  return wrk.format("GET", nil, headers)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f, "bytes": %d}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.bytes))
end
