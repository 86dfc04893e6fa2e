-- wrk asks for one page as one reader after another; each argument after "--" is a reader's cookie.
-- Prints what was measured as one line of JSON.

local cookies = {}
local number = 0

function init(arguments)
  cookies = arguments
end

function request()
  number = number + 1
  local cookie = cookies[number % math.max(#cookies, 1) + 1]
  return wrk.format("GET", nil, { ["Cookie"] = cookie, ["Accept-Language"] = "en" })
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f, "bytes": %d}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, summary.bytes))
end
