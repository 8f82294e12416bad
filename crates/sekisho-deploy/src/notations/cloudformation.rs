//! CloudFormation templates, SAM's among them, and what CDK makes of its code.
//!
//! Functions are worked out where the template alone says what comes out: `Ref` of a parameter
//! with a default, `Fn::Sub`, `Fn::Join`, `Fn::If` on a condition of known values, `Fn::FindInMap`
//! and others. A parameter stands for its default, since that is what is deployed when nobody says
//! otherwise; anything else is unknown.

mod functions;

use crate::{
    Deployment,
    node::Node,
    problem::Problem,
    read,
    resource::{Resource, ResourceKind},
    task::Notation,
};

use functions::Template;

/// Adds what a template deploys; false where the document is none.
pub(super) fn read(deployment: &mut Deployment, document: &Node) -> bool {
    let Some(resources) = document.exact("Resources").filter(|it| it.is_map()) else {
        return false;
    };
    let template = Template::new(document);
    for entry in resources.entries() {
        let kind = entry.value.exact("Type").and_then(Node::as_text).unwrap_or_default();
        if !template.is_made(&entry.value) {
            continue;
        }
        if let Some(kind) = ResourceKind::named(kind) {
            let properties = entry.value.exact("Properties");
            let node = properties.and_then(|it| template.evaluate(it));
            let node = node.unwrap_or_else(|| Node::map(Vec::new(), entry.key_place));
            let (name, place) = (entry.key.clone(), entry.key_place);
            deployment.resources.push(Resource { kind, name, place, node });
        }
        if kind != "AWS::ECS::TaskDefinition" {
            continue;
        }
        let Some(properties) = entry.value.exact("Properties") else {
            let (en, ja) = ("a resource without properties", "プロパティのないリソース");
            deployment.problems.push(Problem::new(entry.key_place, en, ja));
            continue;
        };
        let Some(definition) = template.evaluate(properties) else { continue };
        let mut task = read::task(&definition, Notation::CloudFormation, &entry.key);
        if definition.get("Family").is_none() {
            task.place = entry.key_place;
        }
        deployment.tasks.push(task);
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::{Deployment, Settings};

    /// Image, user and memory of each container of a template.
    fn shown(text: &str) -> String {
        let deployment = Deployment::read(&[("stack.yaml", text.as_bytes())], Settings::default());
        assert!(deployment.problems.is_empty(), "{:?}", deployment.problems);
        let mut lines = Vec::new();
        for task in &deployment.tasks {
            for container in &task.containers {
                let image = container.image.text().map(crate::node::shown);
                let image = image.unwrap_or_else(|| "?".to_owned());
                let (user, memory) = (container.user.text(), container.memory.known());
                lines.push(format!("{}/{} {image} {user:?} {memory:?}", task.name, container.name));
            }
        }
        lines.join("\n")
    }

    #[test]
    fn functions_are_worked_out_where_the_template_says_what_comes_out() {
        insta::assert_snapshot!(shown("\
Parameters:
  Tag: {Type: String, Default: 1.4.2}
  Stage: {Type: String, Default: prod}
  Later: {Type: String}
  Key: {Type: AWS::SSM::Parameter::Value<String>, Default: /shop/image}
Mappings:
  Sizes:
    prod: {Memory: 512}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsLate: !Equals [!Ref Later, x]
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub '${Stage}-shop'
      ContainerDefinitions:
        - Name: web
          Image: !Sub '${AWS::AccountId}.dkr.example/web:${Tag}'
          User: !If [IsProd, '10001', root]
          Memory: !FindInMap [Sizes, !Ref Stage, Memory]
        - Name: !Join ['-', [side, car]]
          Image: !Ref Key
          User: !If [IsLate, '1', !Ref AWS::NoValue]
          Memory: !Ref AWS::NoValue
  Gone:
    Type: AWS::ECS::TaskDefinition
    Condition: IsNotProd
    Properties: {ContainerDefinitions: [{Name: a, Image: !Select [1, !Split [',', 'b,c']]}]}
"), @r#"
        prod-shop/web ….dkr.example/web:1.4.2 Some("10001") Some(512)
        prod-shop/side-car ? None None
        Gone/a c None None
        "#);
    }

    #[test]
    fn functions_that_call_themselves_end() {
        insta::assert_snapshot!(shown("\
Conditions:
  A: !Condition B
  B: !Not [!Condition A]
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Condition: A
    Properties: {ContainerDefinitions: [{Name: a, Image: b}]}
"), @"Task/a b None None");
    }
}
