"""`python -m scripts.materials.audit BILL`: prints what a vulnerability database knows of the packages of a bill.

The database is OSV's (https://google.github.io/osv.dev/api/), which holds PyPI's and Debian's advisories, or the one at
OSV_URL. Exit status: 0 nothing is known, 1 something is, 69 (EX_UNAVAILABLE) no database answers as one.
"""

import http.client
import json
import os
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

URL = "https://api.osv.dev"
TIMEOUT = 20  # seconds for one answer
BATCH = 500  # OSV takes 1,000 queries at once

# A proxy may answer everything with "nothing": a database that does not know this one's flaws is none.
KNOWN_BAD = {"package": {"ecosystem": "PyPI", "name": "flask"}, "version": "0.12"}

Query = dict[str, Any]


class NoDatabase(Exception):
    """No vulnerability database answers; the text says why."""


@dataclass(frozen=True)
class Finding:
    """A package and the advisories that concern it."""

    name: str
    version: str
    advisories: list[str]


def audit(bill: dict[str, Any], url: str) -> tuple[list[Finding], int]:
    """Asks the database for each package of a CycloneDX bill; returns what it knows, and how many it was asked for.

    Raises NoDatabase.
    """
    asked = [(component, query) for component in bill.get("components", []) if (query := _query(component))]
    queries = [KNOWN_BAD, *(query for _, query in asked)]
    answers = [ids for start in range(0, len(queries), BATCH) for ids in _ask(queries[start : start + BATCH], url)]
    if not answers[0]:
        raise NoDatabase(f"{url} does not know the flaws of Flask 0.12, so it is no vulnerability database")
    found = [
        Finding(component["name"], component["version"], ids)
        for (component, _), ids in zip(asked, answers[1:], strict=True)
        if ids
    ]
    return found, len(asked)


def _query(component: dict[str, Any]) -> Query | None:
    """Returns the question for a component; None for one that OSV has no advisories for."""
    purl = component.get("purl", "")
    if purl.startswith("pkg:pypi/"):
        return {"package": {"ecosystem": "PyPI", "name": component["name"]}, "version": component["version"]}
    if purl.startswith("pkg:deb/debian/") and "distro=debian-" in purl:
        # Debian's advisories name source packages.
        properties = {each["name"]: each["value"] for each in component.get("properties", [])}
        release = purl.partition("distro=debian-")[2].partition("&")[0].partition(".")[0]
        package = {"ecosystem": f"Debian:{release}", "name": properties["source"]}
        return {"package": package, "version": properties["source_version"]}
    return None


def _ask(queries: list[Query], url: str) -> list[list[str]]:
    """Returns the ids of the advisories for each query, following further pages."""
    results = _post(queries, url)
    ids = [[each["id"] for each in result.get("vulns", [])] for result in results]
    pages = {number: result["next_page_token"] for number, result in enumerate(results) if "next_page_token" in result}
    if pages:
        more = _ask([queries[number] | {"page_token": token} for number, token in pages.items()], url)
        for number, further in zip(pages, more, strict=True):
            ids[number] += further
    return ids


def _post(queries: list[Query], url: str) -> list[dict[str, Any]]:
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(f"{url}/v1/querybatch", body, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            results: list[dict[str, Any]] = json.load(response)["results"]
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise NoDatabase(f"{url} can't be reached: {reason}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NoDatabase(f"{url} does not answer as OSV does") from error
    if len(results) != len(queries):
        raise NoDatabase(f"{url} answered {len(results)} of {len(queries)} queries")
    return results


def main() -> int:
    """Prints the report; returns the exit status."""
    with open(sys.argv[1], encoding="utf-8") as file:
        bill = json.load(file)
    try:
        found, count = audit(bill, os.environ.get("OSV_URL") or URL)
    except NoDatabase as error:
        print(
            f"error: nothing was audited: {error}; set OSV_URL to a mirror of OSV, or audit {sys.argv[1]} elsewhere",
            file=sys.stderr,
        )
        return os.EX_UNAVAILABLE
    for finding in found:
        print(f"{finding.name} {finding.version}: {' '.join(finding.advisories)}")
    print(f"{len(found)} of {count} packages have known vulnerabilities (https://osv.dev/ID describes each)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
