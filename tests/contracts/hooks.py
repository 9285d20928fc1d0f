"""What the OpenAPI document cannot say, said to Schemathesis: how the strings of two formats look, the rules between
fields, and the promises of the API that hold for every answer."""

import json
import re
from urllib.parse import parse_qsl, urlsplit

import schemathesis
from hypothesis import strategies as st

# --- Formats -------------------------------------------------------------------------------------------------

# Language, script, region and one variant. Every one of these is a language tag (RFC 5646); tags with extensions are
# too, but no regular expression can tell which of them are right.
LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))?"
schemathesis.openapi.format("bcp47", st.from_regex(LANGUAGE_TAG, fullmatch=True, alphabet=st.characters(codec="ascii")))


def lines() -> st.SearchStrategy[bytes]:
    """Batches: good items, wrong ones, and lines that are no JSON at all, in any order and with any line end."""
    good = st.fixed_dictionaries(
        {"context": st.fixed_dictionaries({"kind": st.sampled_from(["job_application", "idea", "other"])})},
        optional={"ref": st.text(max_size=256), "limit": st.integers(-5, 60), "explain": st.booleans()},
    )
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ref", "context", "kind"]), inner),
        max_leaves=8,
    )
    written = st.one_of(good, good, anything).map(lambda item: json.dumps(item).encode())
    line = st.one_of(written, written, st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")), st.just(b""))
    end = st.sampled_from([b"\n", b"\r\n"])
    return st.builds(
        lambda batch, end, is_ended: end.join(batch) + (end if is_ended else b""),
        st.lists(line, max_size=8),
        end,
        st.booleans(),
    )


NDJSON = "application/x-ndjson"
documented_batches: list[bytes] = []

# The version of the catalog in the document: the only one that an instance without an archive carries.
carried_versions: list[str] = []
schemathesis.openapi.format("catalog-version", st.deferred(lambda: st.sampled_from(carried_versions)))


@schemathesis.hook
def before_load_schema(context, schema) -> None:
    """Schemathesis sends no example of a media type that has a strategy: the strategy draws from them instead."""
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    for operation in operations:
        content = operation.get("requestBody", {}).get("content", {})
        if NDJSON in content:
            documented_batches.append(content[NDJSON].pop("example").encode())
        for parameter in operation.get("parameters", []):
            if parameter["schema"].get("format") == "field-mask":
                name = f"field-mask-{operation['operationId']}"
                parameter["schema"]["format"] = name
                wishes[operation["operationId"]] = known = set(wishes_of(answer_of(operation), schema))
                lists = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=4)
                known.add(parameter["example"])
                schemathesis.openapi.format(name, lists.map(",".join))
    version = schema["components"]["schemas"]["GuidanceRequest"]["properties"]["catalog_version"]
    carried_versions.extend(version["examples"])


# For each operation the wishes that its `fields` may have, two levels deep.
wishes: dict[str, set[str]] = {}


def answer_of(operation) -> dict:
    return operation["responses"]["200"]["content"]["application/json"]["schema"]


def members(value, schema) -> dict:
    """The members of an object, or of the elements of a list."""
    if "$ref" in value:
        return members(schema["components"]["schemas"][value["$ref"].rsplit("/", 1)[1]], schema)
    return members(value["items"], schema) if "items" in value else value.get("properties", {})


def wishes_of(answer, schema):
    for name, value in members(answer, schema).items():
        yield name
        for below in members(value, schema):
            yield from (f"{name}.{below}", f"{name}/{below}", f"{name}({below})")


schemathesis.openapi.media_type(NDJSON, lines() | st.deferred(lambda: st.sampled_from(documented_batches)))


# --- Rules between fields --------------------------------------------------------------------------------------


def wanted(case) -> str | None:
    """The members of the answer that a request asks for; None: all."""
    fields = (case.query or {}).get("fields")
    return None if fields is None else str(fields)


def broken_rules(case) -> set[str]:
    """The places in an otherwise valid request that break a rule which JSON Schema has no words for."""
    by_query = case.method == "GET"
    sent = case.query if by_query else case.body
    broken = set()
    # What an answer can have depends on the operation.
    fields = wanted(case)
    known = wishes.get(case.operation.definition.raw["operationId"], set())
    if fields is not None and fields not in known and not all(wish in known for wish in fields.split(",")):
        broken.add("/fields")
    if not isinstance(sent, dict):
        return broken
    # A token is valid if this service made it for this list.
    if sent.get("page_token"):
        broken.add("/page_token")
    if sent.get("catalog_version") not in (None, *carried_versions):
        broken.add("/catalog_version")
    context = sent if by_query else sent.get("context")
    if not isinstance(context, dict):
        return broken
    below = "" if by_query else "/context"
    # Both are counts; which is the larger is a question between them.
    completed, total = context.get("rounds_completed"), context.get("rounds_total")
    if completed is not None and total is not None and int(completed) > int(total):
        broken.add(f"{below}/rounds_completed")
    # A schema could say this of a body, not of a query, and at the price of a union in every generated client.
    if context.get("conversation") == "none" and context.get("conversation_with"):
        broken.add(f"{below}/conversation")
    return broken


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Lets a refusal of schema-valid data pass if it names exactly the broken rules, and nothing else; and lets members
    be missing where the client named those that it wants."""
    if isinstance(failure, schemathesis.openapi.checks.JsonSchemaError) and wanted(case) is not None:
        return "is a required property" not in failure.message
    if not isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData) or response.status_code != 422:
        return True
    named = {error["pointer"] for error in response.json()["errors"]}
    return not named or named != broken_rules(case)


@schemathesis.check
def rules_between_fields(ctx, response, case) -> None:
    """What breaks a rule is refused, not only allowed to be."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code == 200 and case.path != "/v1/guidance/batch":
        assert not broken_rules(case), f"accepted, although it breaks the rules at {broken_rules(case)}"


@schemathesis.check
def parts_hold_what_was_wanted(ctx, response, case) -> None:
    """Of an answer comes what the client named, and nothing else."""
    fields = wanted(case)
    is_json = response.headers.get("content-type") == ["application/json"]
    if fields is None or response.status_code != 200 or not is_json or not response.content:
        return
    unwanted = set(response.json()) - set(re.findall(r"[a-z_]+", fields))
    assert not unwanted, f"came without being asked for: {unwanted}"


# --- Promises that hold for every answer -------------------------------------------------------------------------


def sent_to(response):
    """The JSON body or the query of a request as it went out; None if it is neither."""
    request = response.request
    if request.body is not None:
        try:
            return json.loads(request.body)
        except ValueError:
            return None
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


@schemathesis.check
def problems_are_complete(ctx, response, case) -> None:
    """An error is a problem document that agrees with its own response (RFC 9457)."""
    if response.status_code < 400 or case.method == "HEAD":
        return
    assert response.headers["content-type"] == ["application/problem+json"], "an error is a problem document"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"urn:rebound:problem:{problem['code']}"
    assert problem["instance"] == response.headers["x-request-id"][0]
    assert ("errors" in problem) == (response.status_code == 422), "422, and only 422, names the places"
    assert (response.status_code == 401) == ("www-authenticate" in response.headers)
    assert response.status_code not in (429, 503) or "retry-after" in response.headers
    assert response.status_code != 405 or "allow" in response.headers


@schemathesis.check
def errors_point_at_the_input(ctx, response, case) -> None:
    """Every pointer leads to a place in what was sent, or to a place that is missing in one that was sent."""
    if response.status_code != 422:
        return
    sent = sent_to(response)
    query = dict(parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True))
    for error in response.json()["errors"]:
        # The one parameter beside a body.
        if error["pointer"] == "/fields" and "fields" in query:
            continue
        names = [name.replace("~1", "/").replace("~0", "~") for name in error["pointer"].split("/")[1:]]
        place = sent
        for position, name in enumerate(names):
            is_last = position == len(names) - 1
            if isinstance(place, dict) and name in place:
                place = place[name]
            elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
                place = place[int(name)]
            else:
                # Long names are cut to 64 characters, so that an error is never as long as what it is about.
                cut = isinstance(place, dict) and any(len(key) > 64 and key.startswith(name) for key in place)
                missing = isinstance(place, dict) and error["detail"].startswith("required")
                assert is_last and (cut or missing), f"{error['pointer']} leads nowhere in {sent!r:.300}"


@schemathesis.check
def every_answer_has_a_request_id(ctx, response, case) -> None:
    """So that a client can quote it, whatever happened."""
    assert re.fullmatch(r"[!-~]{1,128}", response.headers.get("x-request-id", [""])[0])


@schemathesis.check
def batches_are_answered_line_by_line(ctx, response, case) -> None:
    """One answer for each line that is not blank, in order, with its `ref`, and each either advice or an error."""
    if case.path != "/v1/guidance/batch" or response.status_code != 200:
        return
    body = response.request.body or b""
    asked = [line for line in body.split(b"\n") if line.strip(b" \t\r\n\x0c")]
    answers = [json.loads(line) for line in response.content.splitlines()]
    assert len(answers) == len(asked), f"{len(asked)} lines, {len(answers)} answers"
    for line, answer in zip(asked, answers, strict=True):
        assert ("guidance" in answer) != ("error" in answer)
        assert None not in answer.values()
        try:
            item = json.loads(line)
        except ValueError:
            assert answer["error"]["status"] == 400, f"{line!r} is not JSON"
            continue
        ref = item.get("ref") if isinstance(item, dict) else None
        assert answer.get("ref") == (ref if isinstance(ref, str) else None)
