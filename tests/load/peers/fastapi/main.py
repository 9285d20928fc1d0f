"""Fragments as one would write them with FastAPI and Jinja2: `POST /v1/fragments`, one worker, production settings."""

import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Literal

import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, UrlConstraints

from catalog import Catalog, Facts

CATALOG = Catalog(os.environ["CATALOG"])
API_KEY = os.environ["API_KEY"].encode()

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=lambda name: name.endswith(".html"),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
HTML = templates.get_template("fragment.html")
TEXT = templates.get_template("fragment.txt")

Reason = Literal[
    "not_given", "stronger_candidate", "skill_gap", "experience_gap", "qualification_gap", "communication",
    "confidence", "preparation", "interview_performance", "application_incomplete", "not_a_fit", "presentation",
    "attire", "position_filled", "position_closed", "compensation", "location", "work_authorization", "timing",
    "budget", "lacks_volunteering",
]
Cause = Literal[
    "nerves", "preparation", "misunderstanding", "interview_performance", "stronger_candidate", "form_error",
    "missed_point", "experience_gap", "skill_gap", "confidence", "communication", "presentation", "no_idea",
]
ConversationWith = Literal["recruiter", "interviewer", "hiring_manager", "manager", "committee"]
Count = Annotated[int, Field(ge=0)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
HttpsUrl = Annotated[HttpUrl, UrlConstraints(max_length=1000, allowed_schemes=["https"])]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Context(Strict):
    kind: Literal["job_application", "promotion", "idea", "project", "dismissal", "program_admission", "other"]
    outcome: Literal["declined", "no_response"] = "declined"
    stage: Literal["applied", "screening", "assessment", "interview", "final_interview", "offer"] | None = None
    rounds_completed: Count | None = None
    rounds_total: Count | None = None
    conversation: Literal["none", "held"] | None = None
    conversation_with: list[ConversationWith] | None = None
    notice: Literal["form_email", "personal_email", "phone", "in_person", "video_call"] | None = None
    reasons: list[Reason] | None = None
    feedback_policy: Literal["gives", "refuses"] | None = None
    feedback: Literal["none", "requested", "received", "refused", "timed_out"] | None = None
    causes: list[Cause] | None = None
    opening: Literal["open", "filled", "closed"] | None = None
    decision: Literal["final", "open_to_change"] | None = None
    knows_strong_candidate: bool | None = None
    known_obstacle: bool | None = None
    still_interested: bool | None = None
    niche_field: bool | None = None
    will_reapply: bool | None = None
    employer_open_to_future: bool | None = None
    attachment: Literal["organization", "role", "concept", "none"] | None = None
    other_applications: Literal["none_left", "awaiting", "offer"] | None = None
    phase: Literal["shock", "processing", "reflecting", "acting", "recovered"] | None = None
    days_since: Count | None = None
    audience: Literal["candidate", "employer_branded", "internal_hr"] = "employer_branded"

    def facts(self) -> Facts:
        """What is known: texts as sets, numbers as they are."""
        facts: Facts = {}
        for field, value in self:
            if value is None or value == []:
                continue
            if isinstance(value, bool):
                facts[field] = frozenset(("true" if value else "false",))
            elif isinstance(value, str):
                facts[field] = frozenset((value,))
            elif isinstance(value, list):
                facts[field] = frozenset(value)
            else:
                facts[field] = value
        if "conversation_with" in facts:
            facts["conversation"] = frozenset(("held",))
        return facts


class Link(Strict):
    text: Line
    url: HttpsUrl


class Brand(Strict):
    name: Line | None = None
    voice: Literal["we", "name", "neutral"] = "we"
    signoff: Annotated[str, StringConstraints(max_length=300)] | None = None
    link: Link | None = None
    link_color: Annotated[str, StringConstraints(pattern=re.compile("^#[0-9a-f]{6}$"))] | None = None


class FragmentRequest(Strict):
    context: Context
    max_tips: Annotated[int, Field(ge=1, le=10)] = 3
    formats: list[Literal["html", "text"]] = ["html", "text"]
    heading_level: Annotated[int, Field(ge=1, le=6)] = 3
    brand: Brand


class Fragment(BaseModel):
    html: str | None = None
    text: str | None = None
    steps: list[str]
    catalog_version: str


bearer = HTTPBearer()


async def authorized(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> None:
    if not secrets.compare_digest(credentials.credentials.encode(), API_KEY):
        raise HTTPException(status_code=401)


app = FastAPI(openapi_url=None)


@app.post("/v1/fragments", dependencies=[Depends(authorized)], response_model_exclude_none=True)
async def fragment(request: FragmentRequest) -> Fragment:
    context, brand = request.context, request.brand
    tips = CATALOG.choose(context.audience, context.facts(), request.max_tips)
    words = {
        "lang": CATALOG.locale,
        "level": request.heading_level,
        "intro": CATALOG.frame[brand.voice].replace("{name}", brand.name or ""),
        "tips": tips,
        "link": brand.link,
        "color": brand.link_color,
        "signoff": [line.strip() for line in (brand.signoff or brand.name or "").splitlines()],
    }
    return Fragment(
        html=HTML.render(words) if "html" in request.formats else None,
        text=TEXT.render(words) if "text" in request.formats else None,
        steps=[tip.id for tip in tips],
        catalog_version=CATALOG.version,
    )


LOG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "uvicorn.logging.AccessFormatter",
            "fmt": '{"time":"%(asctime)s","request":"%(request_line)s","status":"%(status_code)s"}',
            "use_colors": False,
        },
    },
    "handlers": {"file": {"class": "logging.FileHandler", "formatter": "json", "filename": os.environ["LOG_FILE"]}},
    "loggers": {"uvicorn.access": {"handlers": ["file"], "level": "INFO", "propagate": False}},
}

if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, workers=1, loop="uvloop", http="httptools", log_config=LOG)
