"""What the OpenAPI document cannot say, said to Schemathesis: how the strings of some formats look, the rules between
fields and between requests, and the promises of the API that hold for every answer."""

import json
import os
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from urllib.error import HTTPError
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import Request, urlopen

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

# What has happened, what is planned, and now and then what no clock shows. The tool's own moments are spread over ten
# thousand years: nearly all of them would be refused, and what is behind that would hardly be tried.
NOW = datetime.now(timezone.utc)
moments = st.one_of(
    st.datetimes(datetime(2020, 1, 1), NOW.replace(tzinfo=None)),
    st.datetimes(datetime(2020, 1, 1), NOW.replace(tzinfo=None)),
    st.datetimes(NOW.replace(tzinfo=None), datetime(NOW.year + 9, 1, 1)),
    st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)),
)
offsets = st.sampled_from(["Z", "Z", "z", "+00:00", "-00:00", "+05:30", "-11:45", "+23:59"])
schemathesis.openapi.format("date-time", st.builds("{}{}".format, moments.map(datetime.isoformat), offsets))

# Places, by name and by offset.
ZONES = ["Europe/Berlin", "america/new_york", "Asia/Kolkata", "UTC", "+05:30", "-09:30", "+14:00"]
schemathesis.openapi.format("time-zone", st.sampled_from(ZONES))

# The tags of things as they were made, of later ones, and what is none.
TAGS = ["*", '"0"', '"1"', '"1.0"', '"1.1"', '"2.1"', 'W/"1"', '"1", "2"', "1"]
schemathesis.openapi.format("entity-tags", st.sampled_from(["*"] * 6 + TAGS))

# The prompts of the catalog that the service runs with.
prompts: set[str] = set()
schemathesis.openapi.format("prompt-id", st.deferred(lambda: st.sampled_from([*sorted(prompts), "no-such-prompt"])))

# The key that tries all of this: not to be revoked by it.
own_key: set[str] = set()
own_tenant: list[str] = []
spare_tenant: list[str] = []


def ask(path: str, body: dict | None = None, method: str | None = None) -> dict:
    """What the service under test answers to a read, or to a body that is posted or sent by another method."""
    headers = {"Authorization": f"Bearer {os.environ['REBOUND_BOOTSTRAP_KEY']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(os.environ["REBOUND_URL"] + path, data, headers, method=method)) as answer:
            return json.load(answer)
    except HTTPError as refused:
        raise RuntimeError(f"{path}: {refused.read().decode()}") from refused


@schemathesis.hook
def before_load_schema(context, schema) -> None:
    """Schemathesis sends no example of a media type that has a strategy: the strategy draws from them instead."""
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    for operation in operations:
        content = operation.get("requestBody", {}).get("content", {})
        if NDJSON in content:
            documented_batches.append(content[NDJSON].pop("example").encode())
        for parameter in operation.get("parameters", []):
            if parameter["name"] == "If-Match":
                # The tag of the example holds for next to nothing: nothing behind it would be tried.
                parameter["schema"]["format"] = "entity-tags"
                parameter["example"] = "*"
            if parameter["schema"].get("format") == "field-mask":
                name = f"field-mask-{operation['operationId']}"
                parameter["schema"]["format"] = name
                wishes[operation["operationId"]] = known = set(wishes_of(answer_of(operation), schema))
                lists = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=4)
                known.add(parameter["example"])
                schemathesis.openapi.format(name, lists.map(",".join))
    version = schema["components"]["schemas"]["GuidanceRequest"]["properties"]["catalog_version"]
    carried_versions.extend(version["examples"])
    schema["components"]["schemas"]["ReflectionAnswer"]["properties"]["prompt"]["format"] = "prompt-id"
    prompts.update(prompt["id"] for prompt in ask("/v1/prompts?page_size=200")["prompts"])
    for template in ask("/v1/reply-templates?page_size=200")["reply_templates"]:
        variables_of[template["id"]] = {variable["name"] for variable in template["variables"]}
    for tenant in ask("/v1/tenants")["tenants"]:
        taken_names.add(tenant["name"])
        own_tenant.append(tenant["id"])
        own_key.update(key["id"] for key in ask(f"/v1/tenants/{tenant['id']}/api-keys")["api_keys"])
    spare_tenant.append(ask("/v1/tenants", {"name": "limits are tried here"})["id"])
    taken_names.add("limits are tried here")


# For each reply template the names of its variables.
variables_of: dict[str, set[str]] = {}

# For each system what stands before and after the name of a placeholder.
PLACEHOLDERS = {
    "greenhouse": [("{{", "}}")],
    "lever": [("{{", "}}")],
    "teamtailor": [("{", "}")],
    "zoho": [("${", "}")],
}
PLACEHOLDERS["generic"] = [marks for known in PLACEHOLDERS.values() for marks in known] + [
    ("[[", "]]"), ("[", "]"), ("##", "##"), ("*|", "|*"), ("%", "%")
]

# For each operation the wishes that its `fields` may have, two levels deep.
wishes: dict[str, set[str]] = {}


def answer_of(operation) -> dict:
    done = next(answer for status, answer in operation["responses"].items() if status in ("200", "201"))
    return done["content"]["application/json"]["schema"]


def members(value, schema) -> dict:
    """The members of an object, or of the elements of a list."""
    if "$ref" in value:
        return members(schema["components"]["schemas"][value["$ref"].rsplit("/", 1)[1]], schema)
    if "allOf" in value:
        return {name: member for part in value["allOf"] for name, member in members(part, schema).items()}
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


MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)")
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(text: str) -> datetime | None:
    """The moment that a text of RFC 3339 stands for; None if it is out of all bounds."""
    try:
        *date, fraction, offset = MOMENT.fullmatch(text).groups()
        at = datetime(*(int(part) for part in date[:5]), min(int(date[5]), 59), tzinfo=timezone.utc)
        at += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
        if offset in "Zz":
            return at
        minutes = int(offset[1:3]) * 60 + int(offset[4:6])
        return at - timedelta(minutes=minutes if offset[0] == "+" else -minutes)
    except (AttributeError, ValueError, OverflowError):
        return None


def is_between(value, earliest: timedelta | datetime, latest: timedelta) -> bool:
    at, now = moment(value), datetime.now(timezone.utc)
    first = earliest if isinstance(earliest, datetime) else now + earliest
    return at is not None and first <= at <= now + latest


# Clocks differ, so what is said to have happened may lie ten minutes ahead; plans reach ten years.
AHEAD, PLAN = timedelta(minutes=10), timedelta(days=3660)
MOMENTS = {
    "occurred_at": (UNIX_EPOCH, AHEAD),
    "sent_at": (UNIX_EPOCH, AHEAD),
    "asked_at": (UNIX_EPOCH, AHEAD),
    "received_at": (UNIX_EPOCH, AHEAD),
    "response_due_at": (UNIX_EPOCH, PLAN),
    "revisit_at": (UNIX_EPOCH, PLAN),
    "due_at": (UNIX_EPOCH, PLAN),
    "expires_at": (timedelta(), timedelta(days=10**6)),
}


def operation_of(case) -> str:
    return case.operation.definition.raw["operationId"]


def present(body: dict) -> dict:
    """A body without what is null: outside of patches that is the same as absent."""
    return {name: value for name, value in body.items() if value is not None}


def broken_rules(case) -> set[str]:
    """The places in an otherwise valid request that break a rule which JSON Schema has no words for."""
    by_query = case.method == "GET"
    sent = case.query if by_query else case.body
    operation = operation_of(case)
    broken = set()
    # What an answer can have depends on the operation.
    fields = wanted(case)
    known = wishes.get(operation, set())
    if fields is not None and fields not in known and not all(wish in known for wish in fields.split(",")):
        broken.add("/fields")
    # The tool writes a `%` in a path as it is: what follows makes it another character, or none at all.
    if not re.fullmatch(r"[!-~]{1,128}", unquote((case.path_parameters or {}).get("user_id", "-"))):
        broken.add("/user_id")
    # A preview is confirmed with a token that this service made of it.
    if operation == "batchRenderFragments" and (case.query or {}).get("confirm_token") is not None:
        broken.add("/confirm_token")
    if not isinstance(sent, dict):
        return broken
    # A token is valid if this service made it for this list.
    if sent.get("page_token"):
        broken.add("/page_token")
    if sent.get("catalog_version") not in (None, *carried_versions):
        broken.add("/catalog_version")
    context = sent if by_query or operation in ("createRejection", "updateRejection") else sent.get("context")
    if isinstance(context, dict):
        broken |= broken_in_context(context, "" if context is sent else "/context")
    if not by_query:
        broken |= broken_in_history(operation, sent)
        broken |= broken_in_words(operation, present(sent))
    return broken


def broken_in_words(operation: str, sent: dict) -> set[str]:
    """The same for fragments and replies."""
    if operation == "renderFragment":
        tags = present(sent.get("merge_tags", {}))
        marks = PLACEHOLDERS[tags.get("dialect", "generic")]
        kept = tags.get("keep", [])
        broken = {f"/merge_tags/keep/{place}" for place, text in enumerate(kept) if not is_placeholder(text, marks)}
        url = present(present(sent.get("brand", {})).get("link", {})).get("url")
        if url is not None and url not in kept and not re.match(r"(?i)https://|mailto:", url):
            broken.add("/brand/link/url")
        return broken
    if operation == "composeReply":
        known = variables_of.get(sent["template"])
        if known is None:
            return {"/template"}
        return {f"/variables/{name}" for name in present(sent.get("variables", {})) if name not in known}
    return set()


def rules_of_form(case) -> set[str]:
    """The places that may be refused for how a value reads or looks: addresses, contrast, sizes, what is filled in."""
    body = present(case.body) if isinstance(case.body, dict) else {}
    match operation_of(case):
        case "renderFragment":
            return {"/brand/link/url", "/brand/link_color", "/budget_bytes"}
        case "composeReply":
            return {f"/variables/{name}" for name in present(body.get("variables", {}))}
    return set()


def is_placeholder(text: str, marks: list[tuple[str, str]]) -> bool:
    def fits(opening: str, closing: str) -> bool:
        if len(text) < len(opening) + len(closing) or not text.startswith(opening) or not text.endswith(closing):
            return False
        name = text[len(opening) : len(text) - len(closing)]
        is_allowed = all(character.isalnum() or character in " ._-" for character in name)
        return len(name) <= 64 and is_allowed and any(character.isalpha() for character in name)

    return any(fits(*pair) for pair in marks)


def broken_in_context(context: dict, place: str) -> set[str]:
    broken = set()
    # Both are counts; which is the larger is a question between them.
    completed, total = context.get("rounds_completed"), context.get("rounds_total")
    if completed is not None and total is not None and int(completed) > int(total):
        broken.add(f"{place}/rounds_completed")
    # A schema could say this of a body, not of a query, and at the price of a union in every generated client.
    if context.get("conversation") == "none" and context.get("conversation_with"):
        broken.add(f"{place}/conversation")
    return broken


def broken_in_history(operation: str, body: dict) -> set[str]:
    """The same for the bodies of histories and of administration."""
    broken = set()
    sent = present(body)
    for name, (earliest, latest) in MOMENTS.items():
        if name in sent and not is_between(sent[name], earliest, latest):
            broken.add(f"/{name}")
    if operation == "createRejection":
        is_silence = sent.get("outcome") == "no_response"
        decided_by = sent.get("decided_by")
        if decided_by == ("them" if is_silence else "nobody"):
            broken.add("/decided_by")
        if "response_due_at" in sent and not is_silence:
            broken.add("/response_due_at")
    if operation in ("createFeedback", "updateFeedback") and {"asked_at", "received_at"} <= sent.keys():
        asked, received = moment(sent["asked_at"]), moment(sent["received_at"])
        if asked and received and received < asked:
            broken.add("/received_at")
    # Nothing at all is no feedback.
    if operation == "createFeedback" and not sent:
        broken.add("")
    if operation == "createReflection":
        for index, answer in enumerate(sent["answers"]):
            if answer["prompt"] not in prompts:
                broken.add(f"/answers/{index}/prompt")
    if operation == "createActionItem" and "feedback_id" in sent and "rejection_id" not in sent:
        broken.add("/feedback_id")
    if operation == "adviseSendTime":
        broken |= broken_in_send_time(sent)
    hold = sent.get("legal_hold")
    if operation == "putTenantSettings" and hold and not is_between(hold["until"], timedelta(), PLAN):
        broken.add("/legal_hold/until")
    return broken


def broken_in_send_time(sent: dict) -> set[str]:
    broken = {f"/{name}" for name in ("decided_at", "not_before", "latest_at") if not is_near(sent.get(name))}
    latest = moment(sent.get("latest_at", ""))
    others = [at for name in ("decided_at", "not_before") if (at := moment(sent.get(name, "")))]
    if latest is not None and latest < max([datetime.now(timezone.utc), *others]):
        broken.add("/latest_at")
    return broken


def is_near(value: str | None) -> bool:
    return value is None or is_between(value, -PLAN, PLAN)


def rules_of_state(case) -> set[str]:
    """The places that may be refused for what was recorded before, which a single request does not tell."""
    body = present(case.body) if isinstance(case.body, dict) else {}
    operation = operation_of(case)
    if operation == "updateRejection":
        # These fit each other or not, whichever of them is changed.
        ties = [("kind",), ("rounds_completed", "rounds_total"), ("conversation", "conversation_with")]
        ties.append(("outcome", "decided_by", "response_due_at"))
        return {f"/{name}" for tied in ties if {*tied} & case.body.keys() for name in tied}
    names = {"setOutcome": ["linked_rejection"], "createActionItem": ["rejection_id", "feedback_id"]}
    return {f"/{name}" for name in names.get(operation, []) if name in body}


# --- Rules between requests ------------------------------------------------------------------------------------

# The names of the tenants that there are.
taken_names: set[str] = set()

# What was asked under each idempotency key.
asked_under: dict[str, list[tuple]] = defaultdict(list)


def whose(path: str) -> str | None:
    """The user whose keys stand for a request; those of all other requests are the tenant's."""
    user = re.match(r"/v1/users/([^/]+)", path)
    return user and user.group(1)


def key_of(case) -> str | None:
    return (case.headers or {}).get("Idempotency-Key")


def asked_by(case) -> tuple:
    # Not the query: `fields` chooses a part of the answer, and is no part of what is done.
    body = case.body if isinstance(case.body, dict) else None
    return (case.method, case.formatted_path, json.dumps(body, sort_keys=True))


@schemathesis.hook
def before_call(context, case, kwargs) -> None:
    """Keeps the run alive, and leads most of what is valid to where it is not refused for want of something: what the
    tool cannot know, a client knows from the answers it got."""
    # Else nearly every batch after it would be refused for want of a preview.
    if isinstance(case.body, dict) and case.body.get("bulk_confirmation") == "required":
        case.body["bulk_confirmation"] = "optional"
    path = case.path_parameters or {}
    if path.get("key_id") in own_key:
        path["key_id"] = "key_01h455vb4pex5vsknk084sn02q"
    if operation_of(case) == "putTenantLimits" and path.get("id") in own_tenant:
        # A limit that is valid may be one that ends the run. A tenant that was made for it has nothing to lose.
        path["id"] = spare_tenant[0]
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    operation = operation_of(case)
    turns[operation] += 1
    # One in four stays as it is, so that the refusals are tried too.
    if turns[operation] % 4 == 0 and phase_of(case) != "examples":
        return
    lead_to_what_exists(case)
    mend(case)
    # The example of the document, and a value that the tool repeats, would let only the first request through.
    key = key_of(case)
    if key in asked_under and re.fullmatch(r"[!-~]{1,200}", key):
        case.headers["Idempotency-Key"] = f"{key}-{operation}-{turns[operation]}"


def phase_of(case) -> str:
    return case.meta.phase.name.value


turns: Counter[str] = Counter()


# What requests of the run have made, as the ids in the path to it; and what of that is gone again.
made: set[tuple] = set()
gone: set[tuple] = set()
PERSON = "contracts-1"


def place_of(case) -> tuple:
    path = case.path_parameters or {}
    return tuple(path.get(name) for name in ("user_id", "id", "key_id", "feedback_id"))


@schemathesis.hook
def after_call(context, case, response) -> None:
    """Remembers what is made and what is deleted."""
    user, one, _, feedback = place_of(case)
    if response.status_code == 201 and "id" in (answer := response.json()):
        match operation_of(case):
            case "createRejection" | "createActionItem":
                made.add((user, answer["id"], None, None))
            case "createFeedback":
                made.add((user, one, None, answer["id"]))
            case "createApiKey" | "rotateApiKey":
                made.add((None, one, answer["id"], None))
    if operation_of(case) == "deleteRejection" and response.status_code == 204:
        gone.add((user, one))
    if operation_of(case) == "eraseUser" and response.status_code == 200:
        gone.update(place[:2] for place in made if place[0] == user)


def a_rejection() -> str:
    """A rejection for one request, so that nothing has been done to it."""
    return ask(f"/v1/users/{PERSON}/rejections", {"kind": "idea", "occurred_at": "2026-01-02T03:04:05Z"})["id"]


def feedback_on(rejection: str) -> str:
    return ask(f"/v1/users/{PERSON}/rejections/{rejection}/feedback", {"text": "Well prepared, but too quiet."})["id"]


# A tip to lay something over.
OVERLAID = "tip.take-a-short-walk"


def leave_something_to_publish() -> None:
    turns["overlays"] += 1
    ask(f"/v1/overlays/en/{OVERLAID}", {"text": {"title": f"Take a short walk ({turns['overlays']})"}}, "PUT")


def lead_to_what_exists(case) -> None:
    """Places the ids of things that exist where the tool has none. In a row of requests, each is about what the one
    before it made, even if that is gone since."""
    path, body, place = case.path_parameters or {}, case.body, place_of(case)
    sent = body if isinstance(body, dict) else {}
    is_made = place in made
    if is_made and (place[:2] not in gone or phase_of(case) == "stateful"):
        pass
    elif "/rejections/{id}" in case.path:
        path.update({"user_id": PERSON, "id": a_rejection()})
        if "feedback_id" in path:
            path["feedback_id"] = feedback_on(path["id"])
    elif "/action-items/{id}" in case.path:
        item = ask(f"/v1/users/{PERSON}/action-items", {"title": "Prepare three examples"})
        path.update({"user_id": PERSON, "id": item["id"]})
    elif "/api-keys/{key_id}" in case.path:
        path["id"] = own_tenant[0]
        path["key_id"] = ask(f"/v1/tenants/{path['id']}/api-keys", {"name": "spare", "scopes": ["guidance"]})["id"]
    elif operation_of(case) in ("getTenantLimits", "putTenantLimits", "getTenantUsage"):
        path["id"] = spare_tenant[0]
    elif operation_of(case) == "createActionItem" and (sent.get("rejection_id") or sent.get("feedback_id")):
        path["user_id"] = PERSON
        case.body = {**sent, "rejection_id": a_rejection()}
        if sent.get("feedback_id"):
            case.body["feedback_id"] = feedback_on(case.body["rejection_id"])
    elif operation_of(case) in ("publishOverlays", "rollbackOverlays"):
        leave_something_to_publish()
        if operation_of(case) == "rollbackOverlays":
            ask("/v1/overlays/publish", {})
    if operation_of(case) == "setOutcome" and sent.get("linked_rejection") and path["user_id"] == PERSON:
        case.body = {**sent, "linked_rejection": a_rejection()}


def mend(case) -> None:
    """Takes away what stands against another field, so that the rest is tried."""
    operation, body = operation_of(case), case.body
    if operation in ("createRejection", "updateRejection") and isinstance(body, dict):
        if body.get("outcome") != "no_response":
            case.body = body = {name: value for name, value in body.items() if name != "response_due_at"}
        if operation == "createRejection" and body.get("external_ref"):
            case.body = body = {**body, "external_ref": f"{body['external_ref'][:100]}-{turns[operation]}"}
    if operation == "createTenant" and isinstance(body, dict):
        case.body = {"name": f"{body['name'][:90]} {turns[operation]}"}
    if operation == "getGuidanceByQuery" and (case.query or {}).get("conversation") == "none":
        case.query.pop("conversation_with", None)
    if "/overlays/{locale}/{item}" in case.path:
        items = [OVERLAID, "tip.thank-the-person", "prompt.what-went-well"]
        case.path_parameters.update({"locale": "en", "item": items[turns[operation] % len(items)]})
    if operation == "putOverlay":
        if (case.headers or {}).get("If-Match"):
            ask(f"/v1/overlays/en/{case.path_parameters['item']}", {"enabled": True}, "PUT")
        case.body = {"enabled": turns[operation] % 2 == 0}
    if operation == "rollbackOverlays" and isinstance(body, dict):
        case.body = {**body, "version": 0}
    # A link takes an id from the answer.
    if "fields" in (case.query or {}) and phase_of(case) == "stateful":
        del case.query["fields"]


def is_reason(case, code: str) -> bool:
    """Whether a request may be answered with this conflict at all."""
    body = present(case.body) if isinstance(case.body, dict) else {}
    match operation_of(case), code:
        case "createRejection" | "updateRejection", "conflict":
            return "external_ref" in body
        case "updateRejection", "transition_not_allowed":
            return "phase" in body
        case "advanceRejection", "transition_not_allowed":
            return True
        case "createContact", "cadence_reached":
            return True
        case "createFeedback", "cadence_reached":
            # Only a request for feedback can come too often.
            return body.get("status") == "requested" or not body.keys() & {"received_at", "text", "themes", "positives"}
        case "createTenant", "conflict":
            return body["name"] in taken_names
        case "rotateApiKey" | "publishOverlays" | "rollbackOverlays", "conflict":
            return True
        case "composeReply", "reply_not_advised":
            return not body.get("override")
        case "deleteRejection", "legal_hold":
            return True
        case _, "idempotency_key_reused":
            return any(asked != asked_by(case) for asked in asked_under.get(key_of(case), []))
        case "putOverlay" | "deleteOverlay", "precondition_failed":
            # Also `*`, of an item that is not there.
            return "If-Match" in (case.headers or {})
        case _, "precondition_failed":
            return "If-Match" in (case.headers or {}) and "*" not in str(case.headers["If-Match"])
    return False


@schemathesis.hook
def filter_failure(context, failure, case, response) -> bool:
    """Lets a refusal of schema-valid data pass if it names exactly the broken rules, and nothing else; and lets members
    be missing where the client named those that it wants."""
    if isinstance(failure, schemathesis.openapi.checks.JsonSchemaError) and wanted(case) is not None:
        return "is a required property" not in failure.message
    if not isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData) or response.status_code != 422:
        return True
    problem = response.json()
    if problem["code"] != "invalid_request":
        return not is_reason(case, problem["code"])
    named = {error["pointer"] for error in problem["errors"]}
    broken = broken_rules(case)
    return not named or not broken <= named <= broken | rules_of_state(case) | rules_of_form(case)


@schemathesis.check
def rules_between_fields(ctx, response, case) -> None:
    """What breaks a rule is refused, not only allowed to be."""
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if is_positive and response.status_code in (200, 201) and case.path != "/v1/guidance/batch":
        assert not broken_rules(case), f"accepted, although it breaks the rules at {broken_rules(case)}"


@schemathesis.check
def conflicts_have_a_reason(ctx, response, case) -> None:
    """What the state forbids, only where the request can have met such a state."""
    if response.status_code in (409, 412) and case.method != "HEAD":
        assert is_reason(case, response.json()["code"]), "a conflict that this request cannot have"


@schemathesis.check
def preconditions_are_kept(ctx, response, case) -> None:
    """Nothing is changed for a client that saw another state, or names none."""
    tags = (case.headers or {}).get("If-Match")
    if tags is None or response.status_code >= 400 or "If-Match" not in response.request.headers:
        return
    assert re.search(r'(^|,)\s*(\*|"[0-9]+(\.[0-9]+)?")\s*(,|$)', str(tags)), f"changed for the tags {tags!r}"


@schemathesis.check
def keys_stand_for_one_request(ctx, response, case) -> None:
    """An idempotency key that was accepted once is accepted again for the same request only. Each person has keys of
    their own, and administration has."""
    key = key_of(case)
    if operation_of(case) == "createTenant" and response.status_code == 201:
        taken_names.add(case.body["name"])
    if key is None or response.status_code not in (200, 201):
        return
    asked = asked_by(case)
    for path in (other[:2] for other in asked_under[key]):
        is_same = path == asked[:2] or whose(path[1]) != whose(asked[1])
        assert is_same, f"accepted under a key that stands for {path}"
    asked_under[key].append(asked)


@schemathesis.check
def parts_hold_what_was_wanted(ctx, response, case) -> None:
    """Of an answer comes what the client named, and nothing else."""
    fields = wanted(case)
    is_json = response.headers.get("content-type") == ["application/json"]
    if fields is None or response.status_code not in (200, 201) or not is_json or not response.content:
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
    assert ("errors" in problem) == (problem["code"] == "invalid_request"), "places are named of what is not valid"
    assert (response.status_code == 401) == ("www-authenticate" in response.headers)
    assert response.status_code not in (429, 503) or "retry-after" in response.headers
    assert response.status_code != 405 or "allow" in response.headers


@schemathesis.check
def errors_point_at_the_input(ctx, response, case) -> None:
    """Every pointer leads to a place in what was sent, or to a place that is missing in one that was sent."""
    if response.status_code != 422 or "errors" not in response.json():
        return
    sent = sent_to(response)
    query = dict(parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True))
    # Parameters beside a body. Long names are cut to 64 characters, so that an error is never as long as its cause.
    beside = [*query, *(case.path_parameters or {}), *(case.headers or {})]
    for error in response.json()["errors"]:
        names = [name.replace("~1", "/").replace("~0", "~") for name in error["pointer"].split("/")[1:]]
        is_cut_from = lambda name: len(name) > 64 and name.startswith(names[0])
        if len(names) == 1 and any(name == names[0] or is_cut_from(name) for name in beside):
            continue
        place = sent
        for position, name in enumerate(names):
            is_last = position == len(names) - 1
            if isinstance(place, dict) and name in place:
                place = place[name]
            elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
                place = place[int(name)]
            else:
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
