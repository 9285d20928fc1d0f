//! The header `traceparent` of W3C Trace Context: which trace a request belongs to.

use http::{HeaderMap, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId};

pub(crate) const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// `00-` with 32 digits, 16 digits and 2 digits.
const LENGTH: usize = 55;

/// The span of the client, if it names one (section 3.2). What cannot be understood counts as absent.
pub(crate) fn parent(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (trace, span, flags) = parse(value.to_str().ok()?)?;
    let state = headers.get_all(TRACESTATE).iter().map(HeaderValue::to_str).collect::<Result<Vec<_>, _>>();
    // A state that cannot be understood is left out, and the parent holds.
    let state = state.ok().filter(|state| !state.is_empty()).and_then(|state| state.join(",").parse().ok());
    Some(SpanContext::new(trace, span, flags, true, state.unwrap_or_default()))
}

fn parse(text: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut parts = text.splitn(5, '-');
    let [version, trace, span, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let lengths = [version.len(), trace.len(), span.len(), flags.len()];
    let is_whole = text.len() == LENGTH || (version != "00" && parts.next().is_some());
    if lengths != [2, 32, 16, 2]
        || version == "ff"
        || !is_whole
        || ![version, trace, span, flags].into_iter().all(is_hex)
    {
        return None;
    }
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    (trace != TraceId::INVALID && span != SpanId::INVALID).then_some((trace, span, flags))
}

/// The header that names a span.
pub(crate) fn header(span: &SpanContext) -> Option<HeaderValue> {
    let flags = span.trace_flags().to_u8();
    HeaderValue::from_str(&format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    #[test]
    fn what_is_understood() {
        for (text, is_sampled) in [
            (format!("00-{TRACE}-{SPAN}-01"), true),
            (format!("00-{TRACE}-{SPAN}-00"), false),
            (format!("01-{TRACE}-{SPAN}-03-more"), true),
        ] {
            let (trace, span, flags) = parse(&text).expect("a span");
            assert_eq!(
                (trace.to_string(), span.to_string(), flags.is_sampled()),
                (TRACE.into(), SPAN.into(), is_sampled)
            );
        }
    }

    #[test]
    fn what_counts_as_absent() {
        let (no_trace, no_span, loud) = ("0".repeat(32), "0".repeat(16), TRACE.to_uppercase());
        for text in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{no_trace}-{SPAN}-01"),
            format!("00-{TRACE}-{no_span}-01"),
            format!("00-{loud}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}ü-{SPAN}-01"),
        ] {
            assert_eq!(parse(&text), None, "{text}");
        }
    }
}
