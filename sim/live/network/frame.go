//go:build linux

package network

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// frame is an Ethernet frame as a port of the switch reads and writes it: after a struct
// virtio_net_hdr, in which the kernel says which checksums and which segmentation it has left to
// the network card. Because the switch passes that header on unchanged, these offloads need not
// be turned off on the hosts.
type frame []byte

// Sizes in bytes.
const (
	vnetHeader = 10 // struct virtio_net_hdr
	ethHeader  = 14 // destination, source, type
	ipHeader   = 20 // of IPv4, without options
	tcpHeader  = 20 // without options
	udpHeader  = 8
	// largestFrame is the largest frame that can be read: the kernel leaves segmentation to the
	// card up to the largest packet of IPv4.
	largestFrame = vnetHeader + ethHeader + 1<<16
)

// mac is an Ethernet address.
type mac [6]byte

// hostMAC returns the address of the lab's nth host: "LL" and the number, in the range of
// locally administered addresses.
func hostMAC(n byte) mac { return mac{0x02, 'L', 'L', 0, 0, n} }

// hostNumber is the inverse of hostMAC. It returns 0 for any other address, such as broadcasts.
func (m mac) hostNumber() byte {
	if m != hostMAC(m[5]) {
		return 0
	}
	return m[5]
}

// valid reports whether the frame has the headers that every frame must have.
func (f frame) valid() bool { return len(f) >= vnetHeader+ethHeader }

func (f frame) to() mac           { return mac(f[vnetHeader:]) }
func (f frame) etherType() uint16 { return binary.BigEndian.Uint16(f[vnetHeader+12:]) }
func (f frame) payload() []byte   { return f[vnetHeader+ethHeader:] }

// flow identifies one direction of a conversation, among those from one host to another, by the
// two port numbers of TCP or UDP. 0 means that the frame belongs to none.
type flow uint32

// conversation returns the flow that a frame belongs to. message reports whether it carries
// bytes of a TCP stream, rather than just an acknowledgement.
func (f frame) conversation() (id flow, message bool) {
	p := f.payload()
	if f.etherType() != unix.ETH_P_IP || len(p) < ipHeader {
		return 0, false
	}
	ip, total := int(p[0]&0xf)*4, int(binary.BigEndian.Uint16(p[2:]))
	protocol, p := p[9], p[min(max(ip, ipHeader), len(p)):]
	switch {
	case protocol == unix.IPPROTO_UDP && len(p) >= udpHeader:
		return flow(binary.BigEndian.Uint32(p)), false
	case protocol == unix.IPPROTO_TCP && len(p) >= tcpHeader:
		return flow(binary.BigEndian.Uint32(p)), total > ip+int(p[12]>>4)*4
	}
	return 0, false
}

// IP returns the IPv4 address of the lab's nth host.
func IP(n byte) net.IP { return net.IP{10, 77, 0, n} }

// newFrame returns the start of a frame that asks for no offload.
func newFrame(to, from mac, etherType uint16) frame {
	f := make(frame, vnetHeader, vnetHeader+64)
	f = append(f, to[:]...)
	f = append(f, from[:]...)
	return binary.BigEndian.AppendUint16(f, etherType)
}
