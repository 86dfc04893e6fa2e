// Repeats work while the page is visible.

import { RequestError } from "./request.js";

// Calls `work` now, every `interval` ms, and as soon as a hidden page is visible again; never twice at the same time.
// After a failed request it goes on, unless the session has ended. Returns `now`, which calls it early, and `stop`.
export function poll(work, interval) {
  let timer = null;
  let running = false;
  let again = false;
  let stopped = false;

  async function run() {
    running = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.isSignedOut) stop();
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      now();
    }
  }

  function tick() {
    if (!running) run();
  }

  function now() {
    if (stopped) return;
    if (running) again = true; // what it reads may be older than the reason for this call
    else run();
  }

  function pause() {
    clearInterval(timer);
    timer = null;
  }

  function resume() {
    if (timer || stopped) return;
    tick();
    timer = setInterval(tick, interval);
  }

  function stop() {
    stopped = true;
    pause();
  }

  const follow = () => (document.hidden ? pause() : resume());
  document.addEventListener("visibilitychange", follow);
  follow();
  return { now, stop };
}
