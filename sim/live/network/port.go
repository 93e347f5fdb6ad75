//go:build linux

package network

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"

	"github.com/locklab/locklab/sim"
	"golang.org/x/sys/unix"
)

// port is the end of a host's cable at the switch.
type port struct {
	number byte
	host   sim.HostID
	space  *Namespace // the host's
	socket *os.File

	mu  sync.Mutex
	err error    // why it no longer works
	tap *os.File // the host's end of the cable; nil until it is needed
}

// portBuffer is how many bytes can wait in the kernel at a port, if the machine's limit
// (net.core.rmem_max) allows it.
const portBuffer = 4 << 20

// openPort opens a network device in the thread's namespace for reading and writing everything
// that crosses it.
func openPort(device string) (*port, error) {
	// Bind sets the protocol; before that, nothing arrives.
	fd, err := packetSocket(device, unix.ETH_P_ALL, func(fd int) error {
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VNET_HDR, 1); err != nil {
			return fmt.Errorf("PACKET_VNET_HDR: %w", err)
		}
		// What the switch itself sends out of the port must not come back in.
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
			return fmt.Errorf("PACKET_IGNORE_OUTGOING (Linux 4.20 or newer is needed): %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &port{socket: os.NewFile(uintptr(fd), "switch port "+device)}, nil
}

// packetSocket opens a packet socket on a device in the thread's network namespace, for frames
// of one type. The socket is non-blocking, so that goroutines can wait for it.
func packetSocket(device string, etherType uint16, prepare func(fd int) error) (fd int, err error) {
	about := func(err error) error { return fmt.Errorf("open a packet socket on %s: %w", device, err) }
	link, err := net.InterfaceByName(device)
	if err != nil {
		return -1, about(err)
	}
	// Protocol 0: nothing arrives before it is bound to the device.
	fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, about(err)
	}
	if err := prepare(fd); err != nil {
		return -1, errors.Join(about(err), unix.Close(fd))
	}
	for _, option := range []int{unix.SO_RCVBUF, unix.SO_SNDBUF} {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, portBuffer); err != nil {
			return -1, errors.Join(about(fmt.Errorf("set the size of its buffers: %w", err)), unix.Close(fd))
		}
	}
	address := &unix.SockaddrLinklayer{Protocol: networkOrder(etherType), Ifindex: link.Index}
	if err := unix.Bind(fd, address); err != nil {
		return -1, errors.Join(about(err), unix.Close(fd))
	}
	return fd, nil
}

// networkOrder is htons on the little-endian machines that the live world runs on.
func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }

// send sends a frame out of the port, to the host.
func (p *port) send(f frame) {
	_, err := p.socket.Write(f)
	if err != nil && !errors.Is(err, unix.ENOBUFS) { // the host's queue is full: a switch then loses the frame
		p.failed(err)
	}
}

// failed notes that the port no longer works, unless it has been closed.
func (p *port) failed(err error) {
	if errors.Is(err, os.ErrClosed) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = fmt.Errorf("the switch's port to host %s is broken: %w", p.host, err)
	}
}

// broken says why the port does not work; nil means that it works, or did until it was closed.
func (p *port) broken() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// sockets lists what must be closed.
func (p *port) sockets() []*os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap == nil {
		return []*os.File{p.socket}
	}
	return []*os.File{p.socket, p.tap}
}
