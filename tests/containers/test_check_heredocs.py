"""make check, Dockerfiles with here-documents: what belongs to them is no instruction. No engine is needed."""

import time

import pytest

from scripts.checking.dockerfile import read_dockerfile

CASES = {
    "after a continuation": "RUN a && \\\n  cat <<EOF >/x\nhello there\nEOF",
    "after a comment in a continuation": "RUN a && \\\n# why\n\n  cat <<EOF >/x\nhello there\nEOF",
    "before a continuation": "RUN cat <<EOF >/x && \\\n  b\nhello there\nEOF",
    "space after the backslash": "RUN a && \\ \n  cat <<EOF\nhello there\nEOF",
    "word after tabs": "RUN <<-EOF\n\thello there\n\tEOF",
    "word after tabs that is no end": "RUN <<EOF\n\tEOF\nhello there\nEOF",
    "word with a hyphen": "RUN <<END-1\nhello there\nEND-1",
    "quoted word": "RUN <<'EOF'\nhello there\nEOF",
    "escaped quote before": "RUN echo it\\'s; cat <<EOF\nhello there\nEOF",
    "line that ends in a backslash": "RUN <<EOF\nhello there \\\nEOF",
    "file descriptor": "RUN cat 3<<EOF <&3\nhello there\nEOF",
}
NONE = {
    "in quotes": 'RUN echo "see <<EOF here"',
    "in single quotes": "RUN echo 'see\t<<EOF here'",
    "in a comment": "RUN a \\\n# cat <<EOF\n  b",
    "here-string": "RUN cat <<<EOF",
    "shift": "RUN echo $((1 << x))",
}


def instructions(text):
    return read_dockerfile(text.encode()).instructions


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_lines_of_a_here_document_are_no_instructions(text):
    dockerfile = read_dockerfile(f"FROM a:1\n{text}\nUSER b\nCMD c\n".encode())
    assert [step.name for step in dockerfile.instructions] == ["RUN", "USER", "CMD"]
    assert "hello there" in dockerfile.instructions[0].value
    assert dockerfile.has_heredocs


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_here_document_hides_nothing(text):
    dockerfile = read_dockerfile(f"FROM a:1\n{text}\nUSER b\nCMD c\n".encode())
    assert [step.name for step in dockerfile.instructions] == ["RUN", "USER", "CMD"]
    assert not dockerfile.has_heredocs


def test_several_files_of_a_copy_are_read():
    steps = instructions("FROM a:1\nCOPY <<A <<B /x/\nfrom flask import Flask\nA\nfrom b\nB\nUSER c\n")
    assert [(step.name, step.value) for step in steps] == [("COPY", "<<A <<B /x/"), ("USER", "c")]


def test_here_document_of_a_trigger_is_read():
    steps = instructions("FROM a:1\nONBUILD RUN <<EOF\nfrom flask import Flask\nEOF\nUSER c\n")
    assert [step.name for step in steps] == ["ONBUILD", "USER"]


@pytest.mark.parametrize("text", ["RUN a && \\\n\n  b", "RUN a \\\n# why\n\n\n\\\nb", "RUN b \\\n", "RUN b \\\n\n"])
def test_empty_lines_do_not_end_an_instruction(text):
    (run,) = instructions(f"FROM a:1\n{text}")
    assert run.value.endswith("b")


@pytest.mark.parametrize("directives", ["# escape=`\n", "# syntax=docker/dockerfile:1\n# escape = `\n"])
def test_escape_directive_is_followed(directives):
    steps = instructions(f"{directives}FROM a:1\nRUN a && `\n  cat <<EOF\nhello there\nEOF\nUSER c\n")
    assert [step.name for step in steps] == ["RUN", "USER"]


@pytest.mark.parametrize("part", ["'", '"', '\\"', "\\'", "<<", "<<A ", "a", "\\\n", "RUN a\n", '"\\"'])
def test_long_instruction_is_split_quickly(part):
    start = time.process_time()
    instructions("FROM a:1\nRUN " + part * (20_000 // len(part)))
    assert time.process_time() - start < 2
