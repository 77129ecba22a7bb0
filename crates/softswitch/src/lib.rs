//! The built-in exchange: phones that speak Socket.IO.
