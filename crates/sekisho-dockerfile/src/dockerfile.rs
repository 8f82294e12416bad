use crate::{
    directive::Directives, instruction::Instruction, lines::Comment, parse, problem::Problem,
    span::Source, stage::Stage,
};

/// Largest file that is read. The longest Dockerfiles that people write are a tenth of this.
pub const MAX_FILE_BYTES: usize = 1 << 20;

/// A Dockerfile, as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    pub source: Source,
    pub directives: Directives,
    pub comments: Vec<Comment>,
    pub instructions: Vec<Instruction>,
    pub stages: Vec<Stage>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
    /// False where bytes had to be replaced: such a file is not written again.
    pub is_utf8: bool,
}

impl Dockerfile {
    pub fn parse(bytes: &[u8]) -> Self {
        parse::parse(bytes)
    }

    /// The instructions of a stage, its FROM first.
    pub fn of_stage(&self, stage: &Stage) -> &[Instruction] {
        self.instructions.get(stage.instructions.clone()).unwrap_or_default()
    }

    pub fn final_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The stage that the instruction with this index stands in; none before the first FROM.
    pub fn stage_of(&self, index: usize) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.instructions.contains(&index))
    }
}
