/// Groups of widely used artifacts whose builders (Gradle, sbt, ant) leave no pom in the jar and
/// whose manifests name none. A `*` at the end stands for any rest. The first match counts.
///
/// # Source
///
/// The coordinates under which each project publishes, as its documentation names them.
const GROUPS: [(&str, &str); 81] = [
    ("spring-boot*", "org.springframework.boot"),
    ("spring-security-*", "org.springframework.security"),
    ("spring-data-*", "org.springframework.data"),
    ("spring-cloud-*", "org.springframework.cloud"),
    ("spring-integration-*", "org.springframework.integration"),
    ("spring-batch-*", "org.springframework.batch"),
    ("spring-session-*", "org.springframework.session"),
    ("spring-kafka*", "org.springframework.kafka"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-rabbit", "org.springframework.amqp"),
    ("spring-retry", "org.springframework.retry"),
    ("spring-ws-*", "org.springframework.ws"),
    ("spring-ldap-*", "org.springframework.ldap"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-plugin-*", "org.springframework.plugin"),
    ("spring-aop", "org.springframework"),
    ("spring-aspects", "org.springframework"),
    ("spring-beans", "org.springframework"),
    ("spring-context*", "org.springframework"),
    ("spring-core", "org.springframework"),
    ("spring-expression", "org.springframework"),
    ("spring-instrument", "org.springframework"),
    ("spring-jcl", "org.springframework"),
    ("spring-jdbc", "org.springframework"),
    ("spring-jms", "org.springframework"),
    ("spring-messaging", "org.springframework"),
    ("spring-orm", "org.springframework"),
    ("spring-oxm", "org.springframework"),
    ("spring-r2dbc", "org.springframework"),
    ("spring-test", "org.springframework"),
    ("spring-tx", "org.springframework"),
    ("spring-web", "org.springframework"),
    ("spring-webflux", "org.springframework"),
    ("spring-webmvc*", "org.springframework"),
    ("spring-websocket", "org.springframework"),
    ("bcpg-*", "org.bouncycastle"),
    ("bcpkix-*", "org.bouncycastle"),
    ("bcprov-*", "org.bouncycastle"),
    ("bctls-*", "org.bouncycastle"),
    ("bcutil-*", "org.bouncycastle"),
    ("breeze*", "org.scalanlp"),
    ("derby*", "org.apache.derby"),
    ("elasticsearch", "org.elasticsearch"),
    ("h2", "com.h2database"),
    ("hibernate-core", "org.hibernate"),
    ("jackson-core-asl", "org.codehaus.jackson"),
    ("jackson-mapper-asl", "org.codehaus.jackson"),
    ("jsr305", "com.google.code.findbugs"),
    ("kafka-clients", "org.apache.kafka"),
    ("kafka-streams*", "org.apache.kafka"),
    ("kafka_2*", "org.apache.kafka"),
    ("kotlin-*", "org.jetbrains.kotlin"),
    ("kotlinx-*", "org.jetbrains.kotlinx"),
    ("libfb303", "org.apache.thrift"),
    ("libthrift", "org.apache.thrift"),
    ("lombok", "org.projectlombok"),
    ("lucene-*", "org.apache.lucene"),
    ("micrometer-*", "io.micrometer"),
    ("mysql-connector-j", "com.mysql"),
    ("mysql-connector-java", "mysql"),
    ("okhttp*", "com.squareup.okhttp3"),
    ("okio*", "com.squareup.okio"),
    ("opensearch", "org.opensearch"),
    ("oro", "oro"),
    ("reactor-core", "io.projectreactor"),
    ("reactor-netty*", "io.projectreactor.netty"),
    ("retrofit", "com.squareup.retrofit2"),
    ("roaringbitmap", "org.roaringbitmap"),
    ("rocksdbjni", "org.rocksdb"),
    ("scala-compiler", "org.scala-lang"),
    ("scala-library", "org.scala-lang"),
    ("scala-reflect", "org.scala-lang"),
    ("scala-xml_*", "org.scala-lang.modules"),
    ("solr-*", "org.apache.solr"),
    ("stax-api", "stax"),
    ("tink", "com.google.crypto.tink"),
    ("tomcat-embed-*", "org.apache.tomcat.embed"),
    ("velocity", "org.apache.velocity"),
    ("xercesimpl", "xerces"),
    ("xml-apis", "xml-apis"),
    ("xz", "org.tukaani"),
];

/// The group of an artifact that everybody knows.
pub(crate) fn group(artifact: &str) -> Option<&'static str> {
    let artifact = artifact.to_ascii_lowercase();
    let is_match = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => artifact.starts_with(start),
        None => artifact == pattern,
    };
    GROUPS.iter().find(|(pattern, _)| is_match(pattern)).map(|(_, group)| *group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_artifacts_have_their_group() {
        for (artifact, want) in [
            ("spring-core", Some("org.springframework")),
            ("spring-boot-starter-web", Some("org.springframework.boot")),
            ("RoaringBitmap", Some("org.roaringbitmap")),
            ("spring-unknown", None),
            ("my-oro", None),
        ] {
            assert_eq!(group(artifact), want, "{artifact}");
        }
    }
}
