import subprocess
import sys

from rag.service.app import create_app
from rag.service.settings import ServiceSettings
from rag.settings import Settings

KNOWN_LATE = {"/health/live", "/health/ready", "/metrics"}


def test_nothing_is_loaded_or_written_before_the_application_starts(tmp_path):
    code = (
        "import sys; from pathlib import Path; from rag.service.app import create_app\n"
        "from rag.service.settings import ServiceSettings; from rag.settings import Settings\n"
        f"create_app(ServiceSettings(Settings(Path({str(tmp_path)!r}))))\n"
        "print(*{'torch', 'faiss', 'onnxruntime', 'sentence_transformers'} & sys.modules.keys())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
    assert list(tmp_path.iterdir()) == []


def test_the_description_names_what_is_answered_and_never_422(tmp_path):
    described = create_app(ServiceSettings(Settings(tmp_path))).openapi()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            answers = set(operation["responses"])
            assert "422" not in answers
            assert path in KNOWN_LATE or {"400", "429", "503"} <= answers | {"400"}, (method, path)
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_description_states_the_limits_that_are_set(tmp_path):
    settings = ServiceSettings(Settings(tmp_path), max_question_chars=7, max_messages=3)
    schemas = create_app(settings).openapi()["components"]["schemas"]
    assert schemas["AskRequest"]["properties"]["question"]["maxLength"] == 7
    assert schemas["SearchRequest"]["properties"]["query"]["maxLength"] == 7
    assert schemas["ChatRequest"]["properties"]["messages"]["maxItems"] == 3
