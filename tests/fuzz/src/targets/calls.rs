//! gRPC: messages of every method as they are on the wire, and frames around them, compressed or not, cut anywhere.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Request, Version};
use rebound_api_grpc::Method;

use super::{choice, chosen};
use crate::Doors;
use crate::seeds::message_of;

/// Methods whose frames are of interest: one that answers once, one that streams.
const FRAMED: [&str; 2] = ["rebound.v1.GuidanceService/GetGuidance", "rebound.v1.GuidanceService/BatchGetGuidance"];

fn call(path: &str) -> http::request::Builder {
    Request::post(format!("/{path}")).version(Version::HTTP_2).header("content-type", "application/grpc")
}

fn frame(flag: u8, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a message");
    [&[flag], &length.to_be_bytes()[..], message].concat()
}

/// The first byte chooses the method.
pub(super) fn message(doors: &Doors, input: &[u8]) {
    let (method, message) = choice(input);
    let method = Method::ALL[method % Method::ALL.len()];
    if !method.scopes().is_empty() {
        doors.grpc(call(method.name()), &frame(0, message), usize::MAX).expect("a request");
    }
}

pub(super) fn message_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let methods = Method::ALL.iter().enumerate();
    methods.filter_map(|(number, method)| Some(chosen(number, &message_of(method.name())?))).collect()
}

/// The first byte chooses the method, the encoding, the protocol, and how the body is cut.
pub(super) fn frames(doors: &Doors, input: &[u8]) {
    let (choice, body) = choice(input);
    let request = call(FRAMED[choice % 2]);
    let request = match choice / 2 % 4 {
        0 => request,
        1 => request.header("grpc-encoding", "gzip"),
        2 => Request::post(format!("/{}", FRAMED[choice % 2])).header("content-type", "application/grpc-web+proto"),
        _ => Request::post(format!("/{}", FRAMED[choice % 2])).header("content-type", "application/grpc-web-text"),
    };
    doors.grpc(request, body, 1 + choice / 8 * 97);
}

pub(super) fn frame_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let message = message_of(FRAMED[0]).expect("a message");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&message).expect("memory");
    let packed = encoder.finish().expect("memory");
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![0; 8 << 20]).expect("memory");
    let bodies = [
        frame(0, &message),
        [frame(0, &message), frame(0, b""), frame(0, &message)].concat(),
        [frame(1, &packed), frame(0, &message)].concat(),
        frame(1, &bomb.finish().expect("memory")),
        [0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3].to_vec(),
        [frame(0, &vec![9; 70_000]), frame(0, &message)].concat(),
    ];
    bodies.iter().flat_map(|body| [0, 1, 2, 3, 4, 5, 251].map(|number| chosen(number, body))).collect()
}
