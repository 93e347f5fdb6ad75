// Package live is for its effect: a program that imports it can run lock services, and the libraries
// of backends/lib, on real servers. It is a package of its own because the client libraries of
// those servers, and SQLite, are two thirds of what it takes to build locklab, and the virtual
// world needs none of them. Away from Linux it does nothing.
package live
