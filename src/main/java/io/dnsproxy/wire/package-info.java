/**
 * The DNS message format, spoken by all: messages stay the octets that came, and are looked at and changed in place.
 *
 * <p>{@link io.dnsproxy.wire.Query} reads what a client sent, {@link io.dnsproxy.wire.QueryWriter} makes of it what goes upstream,
 * {@link io.dnsproxy.wire.ResponseReader} makes an {@link io.dnsproxy.wire.Answer} of what comes back, and
 * {@link io.dnsproxy.wire.AnswerWriter} writes that for a client. {@link io.dnsproxy.wire.QuestionKey} is what a cache looks it up
 * by. No octets from the network make any of them throw: bad input is an rcode, {@code false} or null. A query that is
 * answered from a cache allocates nothing here.
 *
 * <p>Settings: none. Metrics: none; {@link io.dnsproxy.wire.Rcode#bucket} bounds the label that others count rcodes under.
 *
 * <p>RFCs kept:
 *
 * <table>
 *   <caption>What is kept, and where</caption>
 *   <tr><td>RFC 1035, 2181, 4343</td><td>header, names and compression, TTLs, case</td></tr>
 *   <tr><td>RFC 2308 5</td><td>{@link io.dnsproxy.wire.Answer#negativeTtlSeconds}</td></tr>
 *   <tr><td>RFC 3225, 4035 3.2, 6840 5.7 to 5.9</td><td>DO, AD and CD, both ways</td></tr>
 *   <tr><td>RFC 3597</td><td>unknown types and classes pass octet for octet</td></tr>
 *   <tr><td>RFC 5452 9</td><td>{@link io.dnsproxy.wire.ResponseReader#answers}</td></tr>
 *   <tr><td>RFC 6891, 8906, 9619</td><td>OPT for one hop only, BADVERS, FORMERR instead of silence</td></tr>
 *   <tr><td>RFC 7830, 8467</td><td>queries padded, replies in clear not</td></tr>
 *   <tr><td>RFC 8914</td><td>Extended DNS Errors, passed on and our own</td></tr>
 *   <tr><td>RFC 8945, 2931</td><td>signed messages pass unchanged but for the id</td></tr>
 *   <tr><td>RFC 9715</td><td>replies by UDP of 1232 octets at most</td></tr>
 * </table>
 *
 * <p>Limitations: opcodes other than QUERY are answered NOTIMP. RDATA is not checked, so what an upstream sends there reaches
 * the client as it is. A compressed name is taken only if what it points at ends before it, as every sane writer has it, and
 * through 127 pointers at most. If an upstream puts records behind its OPT record and their names cannot be moved, they are
 * left out. Of an upstream's EDNS options only Extended DNS Errors
 * survive; of a client's none, EDNS Client Subnet included.
 */
@NullMarked
package io.dnsproxy.wire;

import org.jspecify.annotations.NullMarked;
