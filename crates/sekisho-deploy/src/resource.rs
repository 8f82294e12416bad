//! What stands around tasks: services, clusters, groups of logs, repositories.

use crate::{
    field::Field,
    node::{Node, Value},
    source::Place,
};

/// Something that is made besides tasks, in the words of whoever wrote it.
#[derive(Debug, Clone)]
pub struct Resource {
    pub kind: ResourceKind,
    /// As the file calls it.
    pub name: String,
    pub place: Place,
    pub(crate) node: Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    Service,
    Cluster,
    LogGroup,
    Repository,
}

/// Kinds by their names in `CloudFormation` and Terraform.
const KINDS: &[(ResourceKind, &str, &str)] = &[
    (ResourceKind::Service, "AWS::ECS::Service", "aws_ecs_service"),
    (ResourceKind::Cluster, "AWS::ECS::Cluster", "aws_ecs_cluster"),
    (ResourceKind::LogGroup, "AWS::Logs::LogGroup", "aws_cloudwatch_log_group"),
    (ResourceKind::Repository, "AWS::ECR::Repository", "aws_ecr_repository"),
];

impl ResourceKind {
    /// The kind that a template or a file of Terraform means.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = KINDS.iter().find(|(_, theirs, others)| *theirs == name || *others == name);
        found.map(|(kind, _, _)| *kind)
    }
}

impl Resource {
    /// The map behind keys that follow each other; a block that is there once is its map.
    pub(crate) fn part(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(&self.node, |node, key| node.get(key).map(only))
    }

    pub(crate) fn text(&self, key: &str) -> Field<String> {
        self.node.text_field(key)
    }
}

/// The one block of a list of blocks.
pub(crate) fn only(node: &Node) -> &Node {
    match &node.value {
        Value::List(items) => match items.as_slice() {
            [only] if only.is_map() => only,
            _ => node,
        },
        _ => node,
    }
}
