use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};
use sekisho_imagetest::{Mistake, Place};

/// Longest line that is shown.
const MAX_LINE_CHARS: usize = 400;

/// Mistakes on the user's own lines, as compilers show them.
pub(crate) fn show(
    name: &str,
    text: &str,
    mistakes: &[Mistake],
    level: &Level<'static>,
    has_color: bool,
) -> String {
    let renderer = if has_color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let lines: Vec<&str> = text.lines().collect();
    let mut shown = String::new();
    for mistake in mistakes {
        let mut group = Group::with_title(level.clone().primary_title(&mistake.message));
        if let Some((line, range)) = place(mistake.place, &lines) {
            group = group.element(
                Snippet::source(line)
                    .line_start(mistake.place.line)
                    .path(name)
                    .annotation(AnnotationKind::Primary.span(range)),
            );
        } else {
            group = group.element(Level::NOTE.message(name));
        }
        if let Some(help) = &mistake.help {
            group = group.element(Level::HELP.message(help));
        }
        shown.push_str(&renderer.render(&[group]));
        shown.push_str("\n\n");
    }
    shown
}

/// The line of a place, and the bytes of it that are meant.
fn place<'t>(place: Place, lines: &[&'t str]) -> Option<(&'t str, std::ops::Range<usize>)> {
    let line = *lines.get(place.line.checked_sub(1)?)?;
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let end = byte(MAX_LINE_CHARS);
    let line = line.get(..end)?;
    let start = byte(place.column.saturating_sub(1)).min(end);
    let stop = byte(place.column.saturating_sub(1) + place.length).min(end);
    Some((line, start..stop.max(start)))
}
