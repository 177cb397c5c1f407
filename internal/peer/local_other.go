//go:build !linux

package peer

// Sockets returns nil: only Linux has sockets of such names.
func Sockets() Local { return nil }
