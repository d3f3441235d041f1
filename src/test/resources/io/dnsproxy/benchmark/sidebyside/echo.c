/* The floor in C: receives a batch, marks each query as a response, sends the batch. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, OCTETS = 2048, BUFFER = 4 << 20 };

static char payload[BATCH][OCTETS];
static struct sockaddr_in peer[BATCH];
static struct iovec part[BATCH];
static struct mmsghdr message[BATCH];

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    int octets = BUFFER;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &octets, sizeof octets);
    struct sockaddr_in self = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])) };
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(descriptor, (struct sockaddr *)&self, sizeof self))
        return 1;
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            part[i] = (struct iovec){ payload[i], OCTETS };
            message[i].msg_hdr = (struct msghdr){
                .msg_name = &peer[i], .msg_namelen = sizeof peer[i], .msg_iov = &part[i], .msg_iovlen = 1 };
        }
        int received = recvmmsg(descriptor, message, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < received; i++) {
            payload[i][2] |= 0x80;
            part[i].iov_len = message[i].msg_len;
        }
        for (int sent = 0; sent < received;) {
            int now = sendmmsg(descriptor, message + sent, received - sent, MSG_DONTWAIT);
            sent += now > 0 ? now : 1;
        }
    }
}
