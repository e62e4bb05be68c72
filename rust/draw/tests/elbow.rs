//! Elbow plots as callers see them.
#![allow(clippy::unwrap_used)]

use segue_draw::{CurvePoint, ElbowLabels, elbow_svg};

fn points() -> Vec<CurvePoint> {
    (2..=15)
        .map(|k| CurvePoint { k, inertia: 50_000.0 / k as f64, silhouette: 0.3 - 0.002 * (k as f64 - 6.0).powi(2) })
        .collect()
}

fn plot(points: &[CurvePoint], suggested: Option<usize>) -> String {
    let svg = elbow_svg(points, suggested, &ElbowLabels::default());
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    svg
}

/// Where the dots of a curve are.
fn dots(svg: &str, class: &str) -> Vec<(f64, f64)> {
    let number = |dot: &str, name: &str| -> f64 {
        dot.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    };
    svg.split("<circle ")
        .filter(|dot| dot.starts_with(&format!("class=\"dot {class}\"")))
        .map(|dot| (number(dot, "cx"), number(dot, "cy")))
        .collect()
}

#[test]
fn both_curves_the_axes_and_the_suggestion_are_there() {
    let svg = plot(&points(), Some(6));
    let inertia = dots(&svg, "inertia");
    assert_eq!(inertia.len(), 14);
    assert!(inertia.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "it falls to the right");
    let silhouette = dots(&svg, "silhouette");
    let best = silhouette.iter().map(|dot| dot.1).fold(f64::MAX, f64::min);
    assert_eq!(silhouette[4].1, best, "K 6 is the highest");
    assert!(inertia.iter().chain(&silhouette).all(|(x, y)| (78.0..=650.0).contains(x) && (74.0..=382.0).contains(y)));
    assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"elbow-title\">How many groups?</title>"));
    assert!(
        svg.contains("Suggested: K = 6. K 2: Inertia 25k, Silhouette 0.268; K 3:"),
        "the description says it in words"
    );
    assert!(svg.contains("class=\"ring\"") && svg.contains(">Suggested: K = 6</text>"));
    for tick in ["0", "5000", "10k", "25k", "2", "15", "0.3"] {
        assert!(svg.contains(&format!(">{tick}</text>")), "{tick}");
    }
    let style = svg.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let rules =
        style.split('}').filter(|rule| !rule.is_empty()).flat_map(|rule| rule.split('{').next().unwrap().split(','));
    assert!(rules.into_iter().all(|rule| rule.starts_with(".segue-elbow ")), "no rule reaches the page around");
    assert!(!svg.contains("href") && !svg.contains("url("), "nothing is fetched");
}

#[test]
fn the_order_of_the_points_does_not_matter() {
    let mut backwards = points();
    backwards.reverse();
    assert_eq!(plot(&backwards, Some(6)), plot(&points(), Some(6)));
}

#[test]
fn what_is_no_number_is_left_out() {
    let mut points = points();
    points[3].inertia = f64::NAN;
    points[4].silhouette = f64::INFINITY;
    points[5] = CurvePoint { k: 7, inertia: f64::NEG_INFINITY, silhouette: f64::NAN };
    let svg = plot(&points, Some(7));
    assert_eq!((dots(&svg, "inertia").len(), dots(&svg, "silhouette").len()), (12, 12));
    assert!(!svg.contains("class=\"ring\""));
}

#[test]
fn odd_curves_are_drawn_all_the_same() {
    let none = plot(&[], Some(3));
    assert!(!none.contains("class=\"ring\"") && dots(&none, "inertia").is_empty());
    let one = plot(&[CurvePoint { k: 1, inertia: 0.0, silhouette: 0.0 }], Some(1));
    assert_eq!(dots(&one, "inertia").len(), 1);
    let level: Vec<_> = (1..5).map(|k| CurvePoint { k, inertia: 7.0, silhouette: -1.0 }).collect();
    assert_eq!(dots(&plot(&level, Some(9)), "silhouette").len(), 4);
    let huge = [
        CurvePoint { k: 0, inertia: -f64::MAX, silhouette: f64::MIN_POSITIVE },
        CurvePoint { k: usize::MAX, inertia: f64::MAX, silhouette: -f64::MAX },
    ];
    assert_eq!(dots(&plot(&huge, Some(usize::MAX)), "inertia").len(), 2);
    let many: Vec<_> = (1..2000).map(|k| CurvePoint { k, inertia: 1.0 / k as f64, silhouette: 0.0 }).collect();
    assert!(plot(&many, None).matches("<text").count() < 60, "ticks do not crowd");
}

#[test]
fn labels_cannot_break_out() {
    let evil = "</title><script>alert(1)</script>\"'\u{0}";
    let labels = ElbowLabels { title: evil, groups: evil, inertia: evil, silhouette: evil, suggested: evil };
    let svg = elbow_svg(&points(), Some(4), &labels);
    assert!(!svg.contains("<script") && !svg.contains('\u{0}'));
    assert_eq!(svg.matches("</title>").count(), 1);
}
