from debian:12.7
run apt-get update && apt-get install -y --no-install-recommends curl=1 && rm -rf /var/lib/apt/lists/*
copy a /a
user 1000
cmd ["a"]
