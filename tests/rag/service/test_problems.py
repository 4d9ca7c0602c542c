import pytest

QUESTION = "Where does the Court of the Union sit?"


def chat(content=QUESTION, **more):
    messages = [{"role": "user", "content": content}]
    return "/v1/chat/completions", {"model": "eurag", "messages": messages, **more}


def embeddings(texts, **more):
    return "/v1/embeddings", {"model": "eurag-embedding", "input": texts, **more}


def search(query="court", **more):
    return "/search", {"query": query, **more}


@pytest.mark.parametrize(
    ("asked", "param", "message"),
    [
        (
            chat([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:"}}]),
            "messages[0].content[1].type",
            "expected 'text', found 'image_url'; nothing else is read or written here",
        ),
        (chat(3), "messages[0].content", "expected a string or a list of parts, found 3"),
        (chat(["a"]), "messages[0].content[0]", "expected a JSON object, found 'a'"),
        (
            chat(tools=[{"type": "function"}]),
            "tools",
            "expected an empty list, found a list of 1; nothing is called here: leave it out",
        ),
        (chat(n=2), "n", "expected 1, found 2; there is one answer to a question"),
        (chat(stream="yes"), "stream", "expected true or false, found 'yes'"),
        (chat(messages=[]), "messages", "expected 1 or more items, found an empty list"),
        (
            embeddings([[1, 2], [3]]),
            "input",
            "expected strings, found a list of 2; tokens are those of another model: send the texts",
        ),
        (
            embeddings([1, 2]),
            "input",
            "expected strings, found a list of 2; tokens are those of another model: send the texts",
        ),
        (embeddings(None), "input", "expected a string or a list of strings, found null"),
        (embeddings(["a", " "]), "input[1]", "expected text that is not blank, found ' '"),
        (embeddings("a" * 30_001), "input[0]", "expected at most 30000 characters, found 30001 characters"),
        (embeddings("a", encoding_format="hex"), "encoding_format", "expected 'float' or 'base64', found 'hex'"),
        (search(""), "query", "expected text that is not blank, found ''"),
        (search(k=10**9), "k", "expected 100 or less, found 1000000000"),
        (search(k=0), "k", "expected 1 or more, found 0"),
        (search(k="3"), "k", "expected a whole number, found '3'"),
        (search(since="May 2014"), "since", "expected a date such as 2014, 2014-05 or 2014-05-29, found 'May 2014'"),
        (search(author={}), "author", "expected a string, found an object"),
        (search("x" * 60, k="x" * 60), "k", f"expected a whole number, found '{'x' * 50}…'"),
    ],
)
def test_a_value_that_does_not_fit_is_told_what_was_expected_and_found(client, asked, param, message):
    path, body = asked
    error = client.post(path, json=body).json()["error"]
    assert (error["param"], error["message"]) == (param, f"{param}: {message}")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/documents?limit=x", "limit: expected a whole number, found 'x'"),
        ("/passages/x", "passage: expected a passage's number, found 'x'"),
        ("/documents/court.md/citation", "style is required and was not sent"),
    ],
)
def test_a_value_in_the_address_is_told_the_same(client, url, message):
    assert client.get(url).json()["error"]["message"] == message


def test_an_unknown_field_is_named(client):
    path, body = search(top=3)
    assert (
        client.post(path, json=body).json()["error"]["message"] == "top is no parameter of this request: leave it out"
    )


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_declared_as_json_is_told_how_to_be(client, kind):
    headers = {"Content-Type": kind} if kind else {}
    error = client.post("/search", content=b'{"query": "court"}', headers=headers).json()["error"]
    assert error["param"] is None
    assert error["message"].startswith("the body: expected JSON, found another kind")
    assert error["message"].endswith("send Content-Type: application/json")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"query": court}', "the body is not valid JSON from character 10 on"),
        (b'{"query": "\xff"}', "the body cannot be read: expected JSON in UTF-8, not nested too deeply"),
        (b"", "the body is required and was not sent"),
        (b"[]", "the body: expected a JSON object, found an empty list"),
    ],
)
def test_a_body_that_is_none_is_told_why(client, body, message):
    refused = client.post("/search", content=body, headers={"Content-Type": "application/json"})
    assert refused.json()["error"]["message"] == message


def test_the_description_tells_what_a_string_may_stand_for(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    content = schemas["Message"]["properties"]["content"]["anyOf"]
    assert {"type": "string"} in content
    assert "array" in [each.get("type") for each in schemas["EmbeddingRequest"]["properties"]["input"]["anyOf"]]
