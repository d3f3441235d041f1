package io.dnsproxy.wire;

/**
 * Writes what goes to the client: the answer's records as they are, under the client's id and its own spelling of the
 * question, with aged TTLs, and with an OPT record if and only if the client sent one (RFC 6891 6.1.1). Nothing of the
 * client's OPT but DO (RFC 3225 3) is repeated; what else ours says is in {@link ReplyOptions}.
 *
 * <p>Static and without state; any thread.
 */
public final class AnswerWriter {

    /** The largest reply by UDP, and the size that our OPT record offers: never fragmented (RFC 9715 3.1). */
    public static final int UDP_PAYLOAD_OCTETS = Edns.PAYLOAD_OCTETS;

    private static final Answer NOTHING = Answer.failure(Rcode.NOERROR);

    private static final int MAX_MESSAGE_OCTETS = 0xffff;

    private AnswerWriter() {}

    /** Writes a reply whose OPT record, if there is one, has {@linkplain ReplyOptions#NONE no options of its own}. */
    public static int write(Query query, Answer answer, int ageSeconds, int limitOctets, byte[] out, int at) {
        return write(query, answer, ageSeconds, limitOctets, ReplyOptions.NONE, out, at);
    }

    /**
     * Writes a reply.
     *
     * <p>If it is too large, these go, in this order, until it fits: the texts of Extended DNS Errors, these errors, the
     * additional section (without TC: RFC 2181 9), and then, with TC, records of the authority and answer sections from the
     * end, because some stub resolvers ignore TC and use what they get. A signed message is not cut: only a header with TC.
     *
     * @param query what {@link Query#read} read; unless the answer is a failure, it asks for what the answer holds
     * @param ageSeconds how long ago the answer came; subtracted from each TTL, down to 0
     * @param limitOctets the most that this client can take, at least 512: the lesser of {@link Query#udpPayloadOctets} and
     *     {@link #UDP_PAYLOAD_OCTETS} by UDP, 65535 by TCP
     * @param options for this client; not written under a signed message
     * @param out has room for {@code limitOctets} from {@code at} on; nothing else of it is touched
     * @return octets written
     */
    public static int write(
            Query query, Answer answer, int ageSeconds, int limitOctets, ReplyOptions options, byte[] out, int at) {
        int limit = Math.min(limitOctets, MAX_MESSAGE_OCTETS);
        if (answer.verbatim) {
            return writeVerbatim(query, answer, limit, out, at);
        }
        if (answer.messageOctets == 0) {
            return writeFailure(query, answer, limit, options, out, at);
        }
        if (answer.questionEnd != Header.OCTETS + query.questionOctets()) {
            throw new IllegalArgumentException("an answer to another question");
        }
        int opt = optOctets(query, options);
        int errors = query.hasEdns() ? errorOctets(answer, answer.messageOctets + opt, limit) : 0;
        if (answer.messageOctets + opt + errors > limit) {
            return writeCut(query, answer, ageSeconds, limit, options, out, at);
        }
        int end = writeRecords(query, answer, ageSeconds, answer.messageOctets, out, at);
        Header.flags(out, at, flags(query, answer));
        if (opt != 0) {
            Header.additionals(out, at, Header.additionals(answer.message, 0) + 1);
            end = writeOpt(query, answer, errors, options, limit, out, at, end);
        }
        return end - at;
    }

    /**
     * Writes a reply without any record, and with TC: whoever is where it says asks again by TCP.
     *
     * @param limitOctets at least 512
     * @return octets written
     */
    public static int writeCut(Query query, int limitOctets, ReplyOptions options, byte[] out, int at) {
        int octets = writeFailure(query, NOTHING, limitOctets, options, out, at);
        Header.flags(out, at, Header.flags(out, at) | Header.TC);
        return octets;
    }

    /** Without the additional section, and if need be without records before it. */
    private static int writeCut(
            Query query, Answer answer, int ageSeconds, int limit, ReplyOptions options, byte[] out, int at) {
        int opt = optOctets(query, options);
        int kept = 0;
        int keptEnd = answer.questionEnd;
        int answers = answer.answerRecords();
        int records = answers + answer.authorityRecords();
        while (kept < records) {
            int end = Records.endByTtl(answer.message, answer.ttlOffsets[kept]);
            if (end + opt > limit) {
                break;
            }
            keptEnd = end;
            kept++;
        }
        int end = writeRecords(query, answer, ageSeconds, keptEnd, out, at);
        Header.flags(out, at, flags(query, answer) | (kept < records ? Header.TC : 0));
        Header.counts(out, at, 1, Math.min(kept, answers), Math.max(0, kept - answers), opt == 0 ? 0 : 1);
        if (opt != 0) {
            end = writeOpt(query, answer, 0, options, limit, out, at, end);
        }
        return end - at;
    }

    private static int writeFailure(Query query, Answer answer, int limit, ReplyOptions options, byte[] out, int at) {
        int question = query.questionOctets();
        int end = at + Header.OCTETS + question;
        Header.id(out, at, query.id());
        Header.flags(out, at, flags(query, answer));
        Header.counts(out, at, question == 0 ? 0 : 1, 0, 0, query.hasEdns() ? 1 : 0);
        System.arraycopy(query.message(), query.questionAt(), out, at + Header.OCTETS, question);
        if (query.hasEdns()) {
            int errors = errorOctets(answer, end - at + optOctets(query, options), limit);
            end = writeOpt(query, answer, errors, options, limit, out, at, end);
        }
        return end - at;
    }

    private static int writeVerbatim(Query query, Answer answer, int limit, byte[] out, int at) {
        int octets = answer.messageOctets;
        if (octets <= limit) {
            System.arraycopy(answer.message, 0, out, at, octets);
        } else {
            octets = Header.OCTETS;
            Header.flags(out, at, flags(query, answer) | Header.TC);
            Header.counts(out, at, 0, 0, 0, 0);
        }
        Header.id(out, at, query.id());
        return octets;
    }

    /** Everything up to {@code end} of the stored message, made the client's. Flags and counts are left as they were. */
    private static int writeRecords(Query query, Answer answer, int ageSeconds, int end, byte[] out, int at) {
        System.arraycopy(answer.message, 0, out, at, end);
        Header.id(out, at, query.id());
        System.arraycopy(
                query.message(), query.questionAt(), out, at + Header.OCTETS, answer.questionEnd - Header.OCTETS);
        if (ageSeconds > 0 || answer.everyTtlSeconds != Answer.AS_WRITTEN) {
            for (int i = 0; i < answer.ttls && answer.ttlOffsets[i] < end; i++) {
                int ttlAt = answer.ttlOffsets[i];
                Octets.u32(out, at + ttlAt, ttl(answer, ttlAt, ageSeconds));
            }
        }
        return at + end;
    }

    private static int ttl(Answer answer, int ttlAt, int ageSeconds) {
        return answer.everyTtlSeconds == Answer.AS_WRITTEN
                ? Math.max(0, Octets.u32(answer.message, ttlAt) - ageSeconds)
                : answer.everyTtlSeconds;
    }

    /**
     * QR and RA set, AA not; id, opcode, RD and CD are the client's (RFC 1035 4.1.1, RFC 4035 3.2.2); AD only for those who
     * show that they know it (RFC 6840 5.8).
     */
    private static int flags(Query query, Answer answer) {
        int flags = Header.QR | Header.RA | Header.flagsOfOpcode(query.opcode());
        if (query.recursionDesired()) {
            flags |= Header.RD;
        }
        if (query.checkingDisabled()) {
            flags |= Header.CD;
        }
        if (answer.authenticData() && (query.authenticData() || query.dnssecOk())) {
            flags |= Header.AD;
        }
        if (answer.truncated()) {
            flags |= Header.TC;
        }
        return flags | Header.rcode(rcode(query, answer));
    }

    /** An rcode that needs EDNS says nothing, or something else, to a client without. */
    private static int rcode(Query query, Answer answer) {
        int rcode = answer.rcode();
        return rcode == Header.rcode(rcode) || query.hasEdns() ? rcode : Rcode.SERVFAIL;
    }

    /** The OPT record but for errors and padding; 0 for a client that sent none. */
    private static int optOctets(Query query, ReplyOptions options) {
        return query.hasEdns() ? Edns.OCTETS + options.octets() : 0;
    }

    /** How many octets of errors fit behind so many others: the errors as they are, without their texts, or none. */
    private static int errorOctets(Answer answer, int octets, int limit) {
        int all = answer.errors.length;
        int room = limit - octets;
        if (all <= room) {
            return all;
        }
        int bare = ExtendedError.bareOctets(answer.errors);
        return bare <= room ? bare : 0;
    }

    /** At {@code end} of the message that starts at {@code at}. */
    private static int writeOpt(
            Query query, Answer answer, int errorOctets, ReplyOptions options, int limit, byte[] out, int at, int end) {
        int own = options.octets() + errorOctets;
        int padding = options.paddingOctets(end - at + Edns.OCTETS + own, limit);
        int p = Edns.write(out, end, rcode(query, answer), query.dnssecOk(), own + padding);
        p = options.write(out, p);
        if (errorOctets == answer.errors.length) {
            System.arraycopy(answer.errors, 0, out, p, errorOctets);
        } else if (errorOctets > 0) {
            ExtendedError.writeBare(answer.errors, out, p);
        }
        return ReplyOptions.writePadding(padding, out, p + errorOctets);
    }
}
