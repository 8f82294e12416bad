//! The order of versions, by cases that are easily got wrong and by the laws of an order.

mod cases;
mod laws;
