"""The same over gRPC, with stubs that are generated from the proto files."""

import os
from collections.abc import Iterator

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status
from rebound.v1 import context_pb2, guidance_pb2, guidance_pb2_grpc

KEY = (("authorization", f"Bearer {os.environ['REBOUND_API_KEY']}"),)


@pytest.fixture(scope="module")
def channel() -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(os.environ["REBOUND_GRPC_ADDR"]) as channel:
        yield channel


def test_it_is_healthy_for_everybody(channel: grpc.Channel) -> None:
    health = health_pb2_grpc.HealthStub(channel)
    # The package that types it leaves out the methods.
    answer = health.Check(health_pb2.HealthCheckRequest(), timeout=10)  # type: ignore[attr-defined]

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_it_describes_itself_to_everybody(channel: grpc.Channel) -> None:
    described = ProtoReflectionDescriptorDatabase(channel)

    assert "rebound.v1.GuidanceService" in described.get_services()
    file = described.FindFileContainingSymbol("rebound.v1.GuidanceService")
    assert file.name == guidance_pb2.DESCRIPTOR.name


def test_the_next_steps_in_their_order(channel: grpc.Channel) -> None:
    request = guidance_pb2.GetGuidanceRequest(
        context=context_pb2.Context(
            kind=context_pb2.KIND_JOB_APPLICATION,
            conversation_with=[context_pb2.CONVERSATION_WITH_INTERVIEWER],
            phase=context_pb2.PHASE_SHOCK,
        )
    )
    guidance = guidance_pb2_grpc.GuidanceServiceStub(channel).GetGuidance(request, metadata=KEY, timeout=10)

    assert guidance.steps[0].phase == guidance_pb2.STEP_PHASE_RECOVER
    assert "thank-the-person" in [step.tip for step in guidance.steps]


def test_a_thousand_situations_answered_while_they_are_sent(channel: grpc.Channel) -> None:
    def items() -> Iterator[guidance_pb2.BatchGetGuidanceRequest]:
        for place in range(1000):
            kind = context_pb2.KIND_PROMOTION if place != 500 else context_pb2.KIND_UNSPECIFIED
            yield guidance_pb2.BatchGetGuidanceRequest(ref=str(place), context=context_pb2.Context(kind=kind))

    answers = guidance_pb2_grpc.GuidanceServiceStub(channel).BatchGetGuidance(items(), metadata=KEY, timeout=30)
    results = [(answer.ref, answer.WhichOneof("result")) for answer in answers]

    assert results == [(str(place), "guidance" if place != 500 else "error") for place in range(1000)]


def test_every_mistake_of_an_input_with_its_place(channel: grpc.Channel) -> None:
    request = guidance_pb2.GetGuidanceRequest(
        context=context_pb2.Context(kind=context_pb2.KIND_IDEA, rounds_completed=5, rounds_total=4)
    )
    with pytest.raises(grpc.RpcError) as raised:
        guidance_pb2_grpc.GuidanceServiceStub(channel).GetGuidance(request, metadata=KEY, timeout=10)

    assert isinstance(raised.value, grpc.Call)
    status = rpc_status.from_call(raised.value)
    assert status is not None and status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    info, wrong = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert any(detail.Unpack(info) for detail in status.details) and info.reason == "INVALID_REQUEST"
    assert any(detail.Unpack(wrong) for detail in status.details)
    assert [violation.field for violation in wrong.field_violations] == ["context.rounds_completed"]
