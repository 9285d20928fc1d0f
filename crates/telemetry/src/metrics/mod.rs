//! The metrics of `/metrics` as OTLP has them, under the same names: nothing is counted twice.

mod exemplars;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};
use prometheus::proto::{LabelPair, Metric as Series, MetricFamily, MetricType};

pub(crate) use self::exemplars::{ACCESS, ExemplarLayer, Exemplars};
use crate::resource::text;

/// From when and until when the numbers count, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Period {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// The families as metrics.
pub(crate) fn convert(families: &[MetricFamily], period: Period, exemplars: &Exemplars) -> Vec<Metric> {
    families.iter().filter_map(|family| metric(family, period, exemplars)).collect()
}

fn metric(family: &MetricFamily, period: Period, exemplars: &Exemplars) -> Option<Metric> {
    let series = family.get_metric();
    let numbers = |value: fn(&Series) -> f64| {
        series.iter().map(|series| number(series.get_label(), value(series), period)).collect()
    };
    let data = match family.get_field_type() {
        MetricType::COUNTER => Data::Sum(Sum {
            data_points: numbers(|series| series.get_counter().get_value()),
            aggregation_temporality: AggregationTemporality::Cumulative.into(),
            is_monotonic: true,
        }),
        MetricType::GAUGE => Data::Gauge(Gauge { data_points: numbers(|series| series.get_gauge().get_value()) }),
        MetricType::HISTOGRAM => Data::Histogram(Histogram {
            data_points: series.iter().map(|series| histogram(series, period, exemplars)).collect(),
            aggregation_temporality: AggregationTemporality::Cumulative.into(),
        }),
        // There are no others.
        _ => return None,
    };
    Some(Metric {
        name: family.name().to_owned(),
        description: family.help().to_owned(),
        unit: unit(family.name()).to_owned(),
        metadata: Vec::new(),
        data: Some(data),
    })
}

/// The unit that a name ends with, after UCUM.
fn unit(name: &str) -> &'static str {
    match name.strip_suffix("_total").unwrap_or(name).rsplit('_').next() {
        Some("seconds") => "s",
        Some("bytes") => "By",
        _ => "1",
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a whole number that a float has exactly"
)]
fn number(labels: &[LabelPair], value: f64, period: Period) -> NumberDataPoint {
    let is_whole = value.fract() == 0.0 && value.abs() < (1_u64 << 53) as f64;
    let value = if is_whole { Value::AsInt(value as i64) } else { Value::AsDouble(value) };
    NumberDataPoint {
        attributes: attributes(labels),
        start_time_unix_nano: period.start,
        time_unix_nano: period.end,
        value: Some(value),
        ..NumberDataPoint::default()
    }
}

/// Buckets count up to their bound there, and between bounds here.
fn histogram(series: &Series, period: Period, exemplars: &Exemplars) -> HistogramDataPoint {
    let histogram = series.get_histogram();
    let bounded = histogram.get_bucket().iter().filter(|bucket| bucket.upper_bound().is_finite());
    let (mut bounds, mut counts, mut below) = (Vec::new(), Vec::new(), 0);
    for bucket in bounded {
        bounds.push(bucket.upper_bound());
        counts.push(bucket.cumulative_count().saturating_sub(below));
        below = bucket.cumulative_count();
    }
    counts.push(histogram.get_sample_count().saturating_sub(below));
    HistogramDataPoint {
        attributes: attributes(series.get_label()),
        start_time_unix_nano: period.start,
        time_unix_nano: period.end,
        count: histogram.get_sample_count(),
        sum: Some(histogram.get_sample_sum()),
        exemplars: exemplars.take(series.get_label(), &bounds),
        bucket_counts: counts,
        explicit_bounds: bounds,
        ..HistogramDataPoint::default()
    }
}

fn attributes(labels: &[LabelPair]) -> Vec<KeyValue> {
    labels.iter().map(|label| text(label.name(), label.value())).collect()
}
