//! The elbow plot: inertia and silhouette over the number of groups.

use std::fmt::Write as _;

use crate::svg::{Scale, curve, escaped, nice, short};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = WIDTH - 70.0;
const TOP: f64 = 74.0;
const BOTTOM: f64 = HEIGHT - 58.0;
/// Distances between ticks aimed at.
const TICKS: f64 = 5.0;

/// Middling colours: each stands out from white and from black. Every rule names the plot, so that a page that holds it
/// keeps its own looks.
const STYLE: &str = ".segue-elbow text{font:13px system-ui,sans-serif;fill:#7d7d7d}\
     .segue-elbow .title{font-size:16px;font-weight:600}.segue-elbow .grid{stroke:#808080;stroke-opacity:.25}\
     .segue-elbow .axis{stroke:#808080}.segue-elbow .line{fill:none;stroke-width:2.5;stroke-linejoin:round}\
     .segue-elbow .line.inertia{stroke:#2f80dd}.segue-elbow .line.silhouette{stroke:#dd6b20;stroke-dasharray:7 4}\
     .segue-elbow .dot.inertia,.segue-elbow text.inertia{fill:#2f80dd}\
     .segue-elbow .dot.silhouette,.segue-elbow text.silhouette{fill:#dd6b20}\
     .segue-elbow .mark{stroke:#2e9e5b;stroke-width:2;stroke-dasharray:3 3}\
     .segue-elbow .ring{fill:none;stroke:#2e9e5b;stroke-width:2.5}\
     .segue-elbow text.mark{fill:#2e9e5b;stroke:none;font-weight:600}";

/// One number of groups and what comes of it. What is no finite number is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CurvePoint {
    /// Groups.
    pub k: usize,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Silhouette, −1..1.
    pub silhouette: f64,
}

/// The words of the plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElbowLabels<'a> {
    /// Over it, and its name for those who do not see it.
    pub title: &'a str,
    /// Under the axis of the number of groups.
    pub groups: &'a str,
    /// At the left axis.
    pub inertia: &'a str,
    /// At the right axis.
    pub silhouette: &'a str,
    /// Before the suggested number.
    pub suggested: &'a str,
}

impl Default for ElbowLabels<'_> {
    fn default() -> Self {
        Self {
            title: "How many groups?",
            groups: "Number of groups (K)",
            inertia: "Inertia",
            silhouette: "Silhouette",
            suggested: "Suggested: K =",
        }
    }
}

/// Draws the curves as an SVG that needs nothing else, has a title and a description in words for those who do not see
/// it, and can be read on light and on dark. `points` come in any order; `suggested` is marked where it is one of them.
pub fn elbow_svg(points: &[CurvePoint], suggested: Option<usize>, labels: &ElbowLabels<'_>) -> String {
    let mut points = points.to_vec();
    points.sort_by_key(|point| point.k);
    let first = points.first().map_or(0, |point| point.k);
    let last = points.last().map_or(0, |point| point.k);
    let across = Scale::new(first as f64, last as f64, LEFT + 14.0, RIGHT - 14.0);
    let (low, high) = range(points.iter().map(|point| point.inertia));
    // From 0, so that the elbow looks as sharp as it is.
    let (left, left_ticks) = Scale::with_ticks(if low >= 0.0 { 0.0 } else { low }, high, BOTTOM, TOP, TICKS);
    let (low, high) = range(points.iter().map(|point| point.silhouette));
    let (right, right_ticks) = Scale::with_ticks(low, high, BOTTOM, TOP, TICKS);

    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"segue-elbow\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"elbow-title elbow-description\">\n<title id=\"elbow-title\">{}</title>\n\
         <desc id=\"elbow-description\">{}</desc>\n<style>{STYLE}</style>",
        escaped(labels.title),
        escaped(&in_words(&points, suggested, labels))
    );
    text(&mut svg, WIDTH / 2.0, 26.0, "title", "middle", labels.title);
    text(&mut svg, LEFT, 56.0, "inertia", "start", &format!("● {}", labels.inertia));
    text(&mut svg, RIGHT, 56.0, "silhouette", "end", &format!("{} ●", labels.silhouette));
    text(&mut svg, (LEFT + RIGHT) / 2.0, HEIGHT - 14.0, "", "middle", labels.groups);
    for tick in &left_ticks {
        let y = left.place(*tick);
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>");
        text(&mut svg, LEFT - 9.0, y + 4.5, "inertia", "end", &short(*tick));
    }
    for tick in &right_ticks {
        text(&mut svg, RIGHT + 9.0, right.place(*tick) + 4.5, "silhouette", "start", &short(*tick));
    }
    let _ = writeln!(svg, "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}V{TOP}\"/>");
    for k in group_ticks(first, last, !points.is_empty()) {
        let x = across.place(k as f64);
        let _ = writeln!(svg, "<path class=\"axis\" d=\"M{x:.1} {BOTTOM}v6\"/>");
        text(&mut svg, x, BOTTOM + 22.0, "", "middle", &k.to_string());
    }

    let place =
        |scale: &Scale, k: usize, value: f64| value.is_finite().then(|| (across.place(k as f64), scale.place(value)));
    let inertia: Vec<_> = points.iter().map(|point| place(&left, point.k, point.inertia)).collect();
    let silhouette: Vec<_> = points.iter().map(|point| place(&right, point.k, point.silhouette)).collect();
    let marked = points.iter().position(|point| Some(point.k) == suggested);
    if let Some(k) = marked.and(suggested) {
        let x = across.place(k as f64);
        let _ = writeln!(svg, "<path class=\"mark\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/>");
        let (anchor, aside) = if x > (LEFT + RIGHT) / 2.0 { ("end", -8.0) } else { ("start", 8.0) };
        text(&mut svg, x + aside, TOP + 16.0, "mark", anchor, &format!("{} {k}", labels.suggested));
    }
    svg.push_str(&curve(&silhouette, "silhouette"));
    svg.push_str(&curve(&inertia, "inertia"));
    if let Some((x, y)) = marked.and_then(|at| inertia.get(at).copied().flatten()) {
        let _ = writeln!(svg, "<circle class=\"ring\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\"/>");
    }
    svg.push_str("</svg>\n");
    svg
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, anchor: &str, words: &str) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let words = escaped(words);
    let _ = writeln!(svg, "<text{class} x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

/// The least and the largest finite number; 0 and 1 where there is none.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let range = values.filter(|value| value.is_finite()).fold(None, |range: Option<(f64, f64)>, value| {
        let (low, high) = range.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    range.unwrap_or((0.0, 1.0))
}

/// The numbers of groups that are written under the axis: round ones, 14 at most.
fn group_ticks(first: usize, last: usize, any: bool) -> Vec<usize> {
    if !any {
        return Vec::new();
    }
    let step = (nice((last - first) as f64 / 14.0) as usize).max(1);
    let mut ticks = Vec::new();
    let mut tick = first.div_ceil(step).saturating_mul(step);
    while tick <= last && ticks.len() < 20 {
        ticks.push(tick);
        let Some(next) = tick.checked_add(step) else { break };
        tick = next;
    }
    ticks
}

fn in_words(points: &[CurvePoint], suggested: Option<usize>, labels: &ElbowLabels<'_>) -> String {
    let mut words = String::new();
    if let Some(k) = suggested.filter(|k| points.iter().any(|point| point.k == *k)) {
        let _ = write!(words, "{} {k}. ", labels.suggested);
    }
    let number = |value: f64| if value.is_finite() { short(value) } else { "–".to_owned() };
    let each: Vec<String> = points
        .iter()
        .take(60)
        .map(|point| {
            let (inertia, silhouette) = (number(point.inertia), number(point.silhouette));
            format!("K {}: {} {inertia}, {} {silhouette}", point.k, labels.inertia, labels.silhouette)
        })
        .collect();
    words.push_str(&each.join("; "));
    words
}
