use std::ops::Range;

use crate::{
    image_name::ImageName,
    instruction::{Instruction, Kind},
    span::Span,
};

/// A stage of the build: a FROM and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    pub index: usize,
    /// In lower case, as builders compare names.
    pub name: Option<String>,
    pub base: Base,
    /// Of the image in its FROM.
    pub base_span: Span,
    /// Indexes of its instructions, FROM first.
    pub instructions: Range<usize>,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    Scratch,
    /// An earlier stage, by its index.
    Stage(usize),
    Image(ImageName),
    /// A name with a variable that has no value in the file.
    Unknown(String),
}

/// The stages that `instructions` make.
pub(crate) fn stages(instructions: &[Instruction]) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for (at, instruction) in instructions.iter().enumerate() {
        if let Kind::From(from) = &instruction.kind {
            let base = base(&from.image, &stages);
            stages.push(Stage {
                index: stages.len(),
                name: from.alias.as_ref().map(|alias| alias.value.to_lowercase()),
                base,
                base_span: from.image.span,
                instructions: at..at + 1,
            });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.end = at + 1;
        }
    }
    stages
}

fn base(image: &crate::Word, earlier: &[Stage]) -> Base {
    let name = image.value.to_lowercase();
    // The last of two stages with one name is meant.
    if let Some(stage) = earlier.iter().rev().find(|stage| stage.name.as_deref() == Some(&name)) {
        return Base::Stage(stage.index);
    }
    if name == "scratch" {
        return Base::Scratch;
    }
    if !image.is_known {
        // The part that is known may still say enough: a digest, a tag.
        let written = ImageName::parse(&image.value);
        return match written {
            Some(name) if !name.has_variable() => Base::Image(name),
            _ => Base::Unknown(image.value.clone()),
        };
    }
    match ImageName::parse(&image.value) {
        Some(name) => Base::Image(name),
        None => Base::Unknown(image.value.clone()),
    }
}
