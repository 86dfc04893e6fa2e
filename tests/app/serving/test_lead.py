"""The lead passes to another thread only while the one that has it works for too long."""

import threading

from app.serving.lead import Lead


def test_quick_work_keeps_the_lead():
    lead = Lead()
    assert [lead.work(lambda: None) for _ in range(3)] == [True] * 3


def test_long_work_loses_the_lead_to_one_thread():
    lead, taken = Lead(), threading.Semaphore(0)

    def stand_by():
        if lead.take():
            taken.release()

    threads = [threading.Thread(target=stand_by) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert not lead.work(lambda: taken.acquire(timeout=10))
    assert not taken.acquire(blocking=False)
    lead.end()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert not lead.take()


def test_lead_returns_to_a_thread_that_takes_it():
    lead = Lead()
    others_work = threading.Event()

    def other():
        assert lead.take()
        lead.work(lambda: others_work.wait(10))

    thread = threading.Thread(target=other)
    thread.start()
    assert not lead.work(lambda: others_work.wait(0.5))  # the other thread takes it, and works too
    assert lead.take()
    others_work.set()
    thread.join(10)
    assert lead.work(lambda: None)
