"""The comparison of what lessons show with what is printed."""

import pytest
from printed import missing


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("2c68de260b7a", "0123456789ab"),
        ("sha256:76d590b5d725…", "sha256:6476c863d9c683a6a05419a0e8820e7161903f8c43cdd7f64ac09e69536ba62c"),
        ("patient   Up 2 seconds", "patient   Up About a minute"),
        ("patient   Up 7 seconds (healthy)", "patient  Up Less than a second (healthy)"),
        ("150MB  RUN…", "85.1kB   RUN /bin/sh -c pip"),
        ("real	0m10.149s", "real	0m9.9s"),
        ("Python 3.13.5", "Python 3.14.0"),
        ("04:48:16 0 200 OK", "23:59:59 0 200 OK"),
        ("a\nc", "a\nb\nc"),
        ("E: no candidate", "#6 2.578 E: no candidate"),
        ("CACHED", "#14 CACHED"),
        ("…", ""),
    ],
)
def test_what_may_differ_is_open(shown, printed):
    assert missing(shown, printed) == []


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("200", "404"),
        ("exit 22", "exit 0"),
        ("patient   Up 7 seconds (healthy)", "patient   Up 7 seconds (unhealthy)"),
        ("500 ill", "200 OK"),
        ("a\nb", "b\na"),
        ("a\na", "a"),
        ("PORTS…", "NAMES"),
    ],
)
def test_other_texts_are_missing(shown, printed):
    assert missing(shown, printed) != []
