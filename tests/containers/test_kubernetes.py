"""deploy/kubernetes: the manifests are valid, hold together, and fit the image and its settings."""

import re

import kubernetes_validate
import pytest
import yaml
from engine import ROOT, run_command, wait_until

FOLDER = ROOT / "deploy/kubernetes"
README = (FOLDER / "README.md").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
DOCKERFILE = (ROOT / "docker/hardened/Dockerfile").read_text("utf-8")
OLDEST = "1.30"  # which the README promises
NAME = "app.kubernetes.io/name"


def render(folder):
    """Returns the manifests of a folder, or skips the test without kubectl."""
    if run_command(["sh", "-c", "command -v kubectl"], check=False).returncode:
        pytest.skip("kubectl is not installed")
    return list(yaml.safe_load_all(run_command(["kubectl", "kustomize", folder]).stdout))


@pytest.fixture(scope="module")
def manifests():
    """manifests("Deployment"): the manifests of this kind by name; without a kind, all of them in a list."""
    rendered = render(FOLDER)

    def of_kind(kind=None):
        if kind is None:
            return rendered
        return {each["metadata"]["name"]: each for each in rendered if each["kind"] == kind}

    return of_kind


@pytest.fixture(scope="module")
def pods(manifests):
    """The templates of pods by component."""
    workloads = [each for each in manifests() if each["kind"] in {"Deployment", "Job"}]
    return {each["metadata"]["name"]: each["spec"]["template"] for each in workloads}


@pytest.fixture(scope="module")
def settings(manifests):
    [settings] = manifests("ConfigMap").values()
    return settings["data"]


def container_of(pod):
    [container] = pod["spec"]["containers"]
    return container


def ports_of(pod):
    return {port["name"]: port["containerPort"] for port in container_of(pod).get("ports", [])}


def selected(selector, pods):
    """Returns the components that a label selector selects."""
    wanted = selector.get("matchLabels", {}).items()
    return {name for name, pod in pods.items() if wanted <= pod["metadata"]["labels"].items()}


def option(name):
    """Returns the value of a setting in .env.example, its default."""
    return re.search(rf"^(?:# )?{name}=(.*)$", EXAMPLE, re.MULTILINE)[1]


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_manifests_are_valid(manifests, version):
    for manifest in manifests():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_unknown_field_is_found(manifests):
    manifest = manifests("Service")["web"]
    with pytest.raises(kubernetes_validate.ValidationError, match="sessions"):
        kubernetes_validate.validate(manifest | {"spec": manifest["spec"] | {"sessions": 1}}, OLDEST, strict=True)


def test_selectors_select_the_pods_of_their_component(manifests, pods):
    assert set(pods) == {"web", "worker", "migrate"}
    for name in ("web", "worker"):
        assert selected(manifests("Deployment")[name]["spec"]["selector"], pods) == {name}
    assert selected({"matchLabels": manifests("Service")["web"]["spec"]["selector"]}, pods) == {"web"}
    assert selected(manifests("PodDisruptionBudget")["web"]["spec"]["selector"], pods) == {"web"}
    [spread] = pods["web"]["spec"]["topologySpreadConstraints"]
    assert selected(spread["labelSelector"], pods) == {"web"}
    policies = {name: each["spec"]["podSelector"] for name, each in manifests("NetworkPolicy").items()}
    everything = {"web", "worker", "migrate"}
    assert {name: selected(selector, pods) for name, selector in policies.items()} == {
        "deny-all": everything, "allow-http": {"web"}, "allow-metrics": everything, "allow-servers": everything
    }  # fmt: skip


def test_everything_is_in_the_namespace(manifests):
    [namespace] = manifests("Namespace")
    assert {each["metadata"].get("namespace") for each in manifests() if each["kind"] != "Namespace"} == {namespace}


def test_autoscaler_sets_the_replicas(manifests):
    web, autoscaler = manifests("Deployment")["web"], manifests("HorizontalPodAutoscaler")["web"]["spec"]
    target = {key: autoscaler["scaleTargetRef"][key] for key in ("apiVersion", "kind", "name")}
    assert target == {"apiVersion": web["apiVersion"], "kind": web["kind"], "name": web["metadata"]["name"]}
    assert "replicas" not in web["spec"]
    assert autoscaler["minReplicas"] == 3
    assert manifests("PodDisruptionBudget")["web"]["spec"]["minAvailable"] < autoscaler["minReplicas"]
    assert "cpu" in container_of(web["spec"]["template"])["resources"]["requests"]  # which utilization refers to


def test_ports_are_those_of_the_image_and_its_metrics(manifests, pods):
    metrics = int(option("METRICS_BIND").rpartition(":")[2])
    assert ports_of(pods["web"]) == {"http": int(re.search(r"^EXPOSE (\d+)$", DOCKERFILE, re.M)[1]), "metrics": metrics}
    assert ports_of(pods["worker"]) == {"metrics": metrics}
    for name in ("web", "worker"):
        assert pods[name]["metadata"]["annotations"]["prometheus.io/port"] == str(metrics)
    [port] = manifests("Service")["web"]["spec"]["ports"]
    assert port["targetPort"] == "http"
    [rule] = manifests("Ingress")["web"]["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": "web", "port": {"name": port["name"]}}
    for name in ("allow-http", "allow-metrics"):
        [rule] = manifests("NetworkPolicy")[name]["spec"]["ingress"]
        assert {each["port"] for each in rule["ports"]} == {name.removeprefix("allow-")}


def test_probes_ask_the_health_pages(pods):
    container = container_of(pods["web"])
    probes = {name: container[f"{name}Probe"] for name in ("startup", "liveness", "readiness")}
    assert {name: probe["httpGet"] for name, probe in probes.items()} == {
        "startup": {"path": "/health", "port": "http"},
        "liveness": {"path": "/health", "port": "http"},
        "readiness": {"path": "/health/ready", "port": "http"},
    }
    startup = probes["startup"]
    assert startup["periodSeconds"] * startup["failureThreshold"] > int(option("DB_WAIT_SECONDS"))


def test_pods_are_restricted(manifests, pods):
    """The pod security standard "restricted", and a read-only root."""
    labels = manifests("Namespace")["microblog"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    user, group = map(int, re.search(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE).groups())
    for pod in pods.values():
        spec, container = pod["spec"], container_of(pod)
        assert spec["securityContext"] == {
            "runAsNonRoot": True, "runAsUser": user, "runAsGroup": group, "fsGroup": group,
            "seccompProfile": {"type": "RuntimeDefault"},
        }  # fmt: skip
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
        }  # fmt: skip
        assert spec["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        assert {kind for volume in spec["volumes"] for kind in set(volume) - {"name"}} == {"emptyDir", "secret"}
        assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


def test_settings_are_those_of_the_application(settings, pods):
    from_files = set(re.findall(r"# \(file\)[^=]*?\n# ([A-Z_]+)=", EXAMPLE))
    files = {name.removesuffix("_FILE") for name in settings if name.endswith("_FILE")}
    assert files == {"SECRET_KEY", "DATABASE_URL"}
    assert files <= from_files
    for name in {name for name in settings if not name.endswith("_FILE")}:
        assert option(name) != settings[name], "that is the default"
    assert (settings["MIGRATE_ON_BOOT"], settings["JOB_WORKERS"], settings["METRICS"]) == ("0", "0", "1")
    for pod in pods.values():
        [source] = container_of(pod)["envFrom"]
        assert source["configMapRef"]["name"].startswith("settings-")
        assert "env" not in container_of(pod)


def test_secret_files_are_keys_of_the_documented_secret(settings, pods):
    [command] = re.findall(r"create secret generic (\S+) (--from-file.*)$", README, re.MULTILINE)
    keys = re.findall(r"--from-file=(\S+)", command[1])
    for pod in pods.values():
        [mount] = [each for each in container_of(pod)["volumeMounts"] if each["name"] == "secrets"]
        [volume] = [each for each in pod["spec"]["volumes"] if each["name"] == "secrets"]
        assert volume["secret"]["secretName"] == command[0]
        paths = {path for name, path in settings.items() if name.endswith("_FILE")}
        assert paths == {f"{mount['mountPath']}/{key}" for key in keys}


def test_image_is_the_stage_hardened_of_this_version(pods):
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert {container_of(pod)["image"] for pod in pods.values()} == {f"registry.example/microblog:{version}-hardened"}
    assert {name: container_of(pod)["args"] for name, pod in pods.items()} == {name: [name] for name in pods}


def test_overlay_of_the_readme_changes_the_base(tmp_path, manifests):
    [overlay] = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "microblog/deploy").mkdir(parents=True)
    (tmp_path / "microblog/deploy/kubernetes").symlink_to(FOLDER)
    (tmp_path / "site").mkdir()
    changed = overlay.replace("blog.example", "site.example").replace("newTag: ", "newTag: 9-")
    (tmp_path / "site/kustomization.yaml").write_text(changed)
    rendered = render(tmp_path / "site")
    assert len(rendered) == len(manifests())
    [settings] = [each["data"] for each in rendered if each["kind"] == "ConfigMap"]
    [base] = manifests("ConfigMap").values()
    assert settings == base["data"] | {"SITE_URL": "https://site.example", "MAIL_SERVER": "mail.example"}
    text = yaml.safe_dump_all(rendered)
    assert "blog.example" not in text
    assert len(re.findall("image: registry.example/microblog:9-", text)) == 3


def test_readme_names_every_file():
    named = set(re.findall(r"^\| \[`([\w.-]+)`\]", README, re.MULTILINE))
    assert named == {path.name for path in FOLDER.iterdir()} - {"README.md"}


def test_pods_work_with_these_settings(any_builder, build, engine, start, settings, pods, tmp_path):
    """The engine runs the containers: the Job upgrades the schema, the site becomes ready, the worker runs.

    With SQLite in a folder that they share, and nothing else that they may write to but /tmp.
    """
    image = build("hardened", any_builder)
    for name, value in {"secret_key": "only-for-this-test", "database_url": "sqlite:////database/app.db"}.items():
        (tmp_path / name).write_text(value)
    (tmp_path / "database").mkdir()
    for path, mode in {"": 0o755, "secret_key": 0o444, "database_url": 0o444, "database": 0o777}.items():
        (tmp_path / path).chmod(mode)
    options = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    options += ["--user", "10001:10001", "--tmpfs", "/data:ro", "-v", f"{tmp_path / 'database'}:/database"]
    options += ["-v", f"{tmp_path}:/run/secrets/microblog:ro"]
    options += [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]

    def start_pod(name, port=False):
        memory = container_of(pods[name])["resources"]["limits"]["memory"].removesuffix("i")
        return start(image, *container_of(pods[name])["args"], options=[*options, "--memory", memory], port=port)

    web = start_pod("web", port=True)
    web.wait_for_answer("/health")
    assert web.get("/health/ready").status == 503
    assert start_pod("migrate").wait() == 0
    wait_until(lambda: web.get("/health/ready").status == 200, 30, "readiness")
    worker = start_pod("worker")
    scrape = "import urllib.request as u; print(u.urlopen('http://localhost:9464/metrics').read().decode())"
    for container, metric in ((web, "microblog_http_requests_total"), (worker, "microblog_jobs_queued")):
        wait_until(lambda c=container, m=metric: m in c.exec("python3", "-c", scrape, check=False), 30, metric)
    assert (web.stop()[0], worker.stop()[0]) == (0, 0)
