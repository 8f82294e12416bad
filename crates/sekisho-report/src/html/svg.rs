//! Pictures of numbers, as SVG inside a page: each has a title, and a table beside it says the
//! same. Colours are classes, so that the page decides between light and dark.

use std::fmt::Write as _;

use sekisho_types::{Severity, report::Layer};

use crate::{
    locale::{Language, Text},
    summary::{Ecosystem, severity_text, size},
};

/// Most layers with a bar of their own.
const MAX_LAYERS: usize = 40;

const WIDTH: usize = 480;
const ROW: usize = 28;
const BAR: usize = 18;

/// Starts a picture of some height with a title, for those who see it and those who do not.
fn open(height: usize, id: &str, title: &str) -> String {
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"{id}\"><title id=\"{id}\">"
    );
    escape(&mut svg, title);
    svg.push_str("</title>");
    svg
}

fn rect(svg: &mut String, class: &str, [x, y, width, height]: [usize; 4], tip: &str) {
    put(
        svg,
        format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"3\"><title>"
        ),
    );
    escape(svg, tip);
    svg.push_str("</title></rect>");
}

fn text(svg: &mut String, class: &str, [x, y]: [usize; 2], text: &str) {
    put(svg, format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">"));
    escape(svg, text);
    svg.push_str("</text>");
}

fn put(svg: &mut String, markup: std::fmt::Arguments<'_>) {
    svg.write_fmt(markup).expect("a String takes everything");
}

fn escape(svg: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '"' => svg.push_str("&quot;"),
            char => svg.push(char),
        }
    }
}

/// A part of `whole` pixels; something is at least a line wide.
fn share(n: u64, most: u64, whole: usize) -> usize {
    if n == 0 || most == 0 {
        return 0;
    }
    let pixels = u128::from(n) * whole as u128 / u128::from(most);
    usize::try_from(pixels).unwrap_or(whole).clamp(2, whole)
}

/// A bar for each severity, worst first.
pub(super) fn severities(counts: &[(Severity, usize)], language: Language) -> String {
    const LABEL: usize = 84;
    const NUMBER: usize = 60;
    let most = counts.iter().map(|(_, n)| *n as u64).max().unwrap_or(0);
    let mut svg = open(counts.len() * ROW, "severities", language.say(Text::BySeverity));
    for (index, (severity, n)) in counts.iter().enumerate() {
        let y = index * ROW + (ROW - BAR) / 2;
        let word = language.say(severity_text(*severity));
        let class = Language::English.say(severity_text(*severity));
        let width = share(*n as u64, most, WIDTH - LABEL - NUMBER);
        text(&mut svg, "label end", [LABEL - 10, y + BAR - 4], word);
        rect(&mut svg, "track", [LABEL, y, WIDTH - LABEL - NUMBER, BAR], "");
        if width > 0 {
            rect(&mut svg, class, [LABEL, y, width, BAR], &format!("{word}: {n}"));
        }
        let x = WIDTH - NUMBER + 10;
        text(&mut svg, "number", [x, y + BAR - 4], &n.to_string());
    }
    svg + "</svg>"
}

/// A bar for each layer, bottom layer first.
pub(super) fn layers(layers: &[Layer], language: Language) -> String {
    const LABEL: usize = 40;
    const NUMBER: usize = 90;
    let shown = layers.get(..MAX_LAYERS).unwrap_or(layers);
    let most = shown.iter().map(|layer| layer.size_bytes).max().unwrap_or(0);
    let mut svg = open(shown.len().max(1) * ROW, "layer-sizes", language.say(Text::LayerSizes));
    for ((index, layer), number) in shown.iter().enumerate().zip(1_usize..) {
        let y = index * ROW + (ROW - BAR) / 2;
        let bytes = size(layer.size_bytes);
        let width = share(layer.size_bytes, most, WIDTH - LABEL - NUMBER);
        let number = number.to_string();
        let tip = language.fill(Text::LayerNumber, &[("n", &number)]);
        text(&mut svg, "label end", [LABEL - 10, y + BAR - 4], &number);
        rect(&mut svg, "track", [LABEL, y, WIDTH - LABEL - NUMBER, BAR], "");
        if width > 0 {
            rect(&mut svg, "layer", [LABEL, y, width, BAR], &format!("{tip}: {bytes}"));
        }
        text(&mut svg, "number", [WIDTH - NUMBER + 10, y + BAR - 4], &bytes);
    }
    svg + "</svg>"
}

/// The packages as a tree that grows to the right: all, by ecosystem, by layer. Heights are
/// numbers of packages.
pub(super) fn packages(ecosystems: &[Ecosystem], language: Language) -> String {
    const HEIGHT: usize = 300;
    const GAP: usize = 3;
    /// Less is not high enough for a line of text.
    const MIN_LABEL: usize = 15;
    const COLUMN: usize = WIDTH / 3;
    let n_all: usize = ecosystems.iter().map(|ecosystem| ecosystem.n_packages).sum();
    let mut svg = open(HEIGHT, "package-tree", language.say(Text::PackageTree));
    let node =
        |svg: &mut String, class: &str, column: usize, y: usize, height: usize, label: &str| {
            let x = column * COLUMN;
            rect(svg, class, [x, y, COLUMN - GAP, height.saturating_sub(GAP).max(1)], label);
            if height >= MIN_LABEL {
                text(svg, "inside", [x + 10, y + height.saturating_sub(GAP) / 2 + 5], label);
            }
        };
    if n_all > 0 {
        let root = format!("{} {n_all}", language.say(Text::Packages));
        node(&mut svg, "root", 0, 0, HEIGHT, &root);
    }
    // Positions come from running totals, so that rounding never pushes a node out.
    let at = |n: usize| n * HEIGHT / n_all.max(1);
    let mut n_before = 0;
    for (index, ecosystem) in ecosystems.iter().enumerate() {
        let class = format!("tree t{}", index % 6);
        let y = at(n_before);
        let height = at(n_before + ecosystem.n_packages) - y;
        let label = format!("{} {}", ecosystem.kind, ecosystem.n_packages);
        node(&mut svg, &class, 1, y, height, &label);
        for (layer, n) in &ecosystem.by_layer {
            let y = at(n_before);
            n_before += n;
            let height = at(n_before) - y;
            let layer =
                layer.map(|layer| language.fill(Text::LayerNumber, &[("n", &layer.to_string())]));
            if let Some(layer) = layer {
                node(&mut svg, &format!("{class} leaf"), 2, y, height, &format!("{layer}: {n}"));
            }
        }
    }
    svg + "</svg>"
}
