//! Chores of the repository: `cargo xtask <verb>`.

mod demo;
mod fuzz;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((verb, args)) if verb == "demo" => demo::run(args),
        Some((verb, args)) if verb == "fuzz" => fuzz::run(args),
        _ => anyhow::bail!("usage: cargo xtask demo DIR | fuzz [TARGET] [--seconds N]"),
    }
}
