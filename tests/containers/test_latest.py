"""The tag latest, which `make build` gives to the default stage."""

import pytest


@pytest.fixture
def tags(make, project, stub):
    """tags(answer): builds the default stage; the names that it tags, and what it prints.

    `answer` is what the engine answers to a question for the image IMAGE:latest.
    """

    def tags(answer):
        variables, calls = stub(f"*org.microblog.image*:latest) {answer} ;;")
        result = make("build", **(variables | {"STAGE": "optimized"}))
        return [call.split()[-1] for call in calls() if call.startswith("tag ")], result.stderr

    return tags


@pytest.mark.parametrize("answer", ["exit 1", "echo $IMAGE:optimized"], ids=["no image", "an image of make"])
def test_default_stage_is_tagged_latest(tags, project, answer):
    tagged, _ = tags(answer)
    assert tagged == [f"{project}:latest"]


def test_image_of_a_student_keeps_the_tag_latest(tags, project):
    tagged, said = tags("echo")
    assert tagged == []
    assert f"Left {project}:latest alone: make did not build it. To give the name to {project}:optimized: " in said
