// Package compose has the test of examples/compose.yaml. No container is started.
package compose
