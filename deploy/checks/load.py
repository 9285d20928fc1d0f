"""Asks through a balancer, some hundred times a second and caller, until standard input ends, then says how many answers
were not the right ones.

Three callers over HTTP keep their connections, one opens a new one for each request, two call over gRPC. Nothing is tried
again: each request that fails is counted. HTTP connections that the other side closed between two requests are opened
anew, as every client does.
"""

import http.client
import json
import sys
import threading
import time

import grpc

address, grpc_address, key, written = sys.argv[1:]
stopped = threading.Event()
# Enough to hit the moment in which a port closes, and less than a key may ask in a minute.
PAUSE_SECONDS = 0.003
asked, failed = [0], []
lock = threading.Lock()


def count(error=None):
    with lock:
        asked[0] += 1
        if error:
            failed.append(error)


def request(connection, number):
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    if number % 4 == 0:
        path, wanted = f"/v1/users/u{number % 50}/rejections", 201
        body = {"kind": "idea", "occurred_at": "2026-11-20T10:00:00Z"}
    else:
        path, wanted, body = "/v1/guidance", 200, {"context": {"kind": "idea"}}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status == 201:
        with lock:
            recorded[0] += 1
    return None if answer.status == wanted else f"{path}: {answer.status}", answer.will_close


recorded = [0]


def over_http(keep):
    connection, number = None, 0
    while not stopped.wait(PAUSE_SECONDS):
        number += 1
        if connection is None:
            connection = http.client.HTTPConnection(address, timeout=30)
        try:
            error, closes = request(connection, number)
            count(error)
        except (OSError, http.client.HTTPException) as broken:
            count(f"HTTP: {broken!r}")
            closes = True
        if closes or not keep:
            connection.close()
            connection = None


def over_grpc():
    with grpc.insecure_channel(grpc_address, options=[("grpc.enable_retries", 0)]) as channel:
        call = channel.unary_unary("/rebound.v1.GuidanceService/GetGuidance")
        while not stopped.wait(PAUSE_SECONDS):
            try:
                # GetGuidanceRequest { context { kind: KIND_JOB_APPLICATION } }
                answer = call(b"\x0a\x02\x08\x01", metadata=[("authorization", f"Bearer {key}")], timeout=30)
                count(None if len(answer) > 100 else "gRPC: a short answer")
            except grpc.RpcError as error:
                count(f"gRPC: {error.code().name}: {error.details()}")


callers = [threading.Thread(target=over_http, args=(keep,)) for keep in (True, True, True, False)]
callers += [threading.Thread(target=over_grpc) for _ in range(2)]
began = time.monotonic()
for caller in callers:
    caller.start()
sys.stdin.read()
stopped.set()
for caller in callers:
    caller.join()
seconds = time.monotonic() - began
print(f"{asked[0]} requests in {seconds:.1f} s, {len(failed)} failed, {recorded[0]} recorded")
for error in sorted(set(failed))[:10]:
    print(f"  {failed.count(error)} x {error}")
with open(written, "w") as file:
    file.write(str(recorded[0]))
sys.exit(1 if failed or asked[0] < 100 else 0)
