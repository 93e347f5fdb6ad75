//go:build linux

package network

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestShortFrameIsPartOfNoConversation(t *testing.T) {
	whole := newFrame(hostMAC(2), hostMAC(1), unix.ETH_P_IP)
	whole = append(whole, 0x45, 0, 0, 41, 0, 0, 0, 0, 64, unix.IPPROTO_TCP, 0, 0)
	whole = append(append(whole, IP(1)...), IP(2)...)
	whole = append(whole, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0, '!')
	if id, message := whole.conversation(); id != 0x12345678 || !message {
		t.Errorf("a byte from port 0x1234 to port 0x5678 is taken for flow %#x, a message: %v", id, message)
	}
	for n := vnetHeader + ethHeader; n < len(whole)-1; n++ {
		short := whole[:n]
		if id, _ := short.conversation(); id != 0 {
			t.Errorf("the first %d bytes of a frame of %d are taken for flow %#x", n, len(whole), id)
		}
	}
}
