package io.dnsproxy.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server certificate shall say, good or bad. Without further wishes: EC P-256, a new key, valid from yesterday until
 * tomorrow, subject {@code CN=throwaway}, no subject alternative name. One thread; {@link #issue()} may be called again.
 */
public final class CertificateRequest {

    private static final Duration DAY = Duration.ofDays(1);

    private final X509Bundle issuer;
    private final CertificateBuilder builder = new CertificateBuilder()
            .ecp256()
            .subject("CN=throwaway")
            .addExtendedKeyUsageServerAuth()
            .setKeyUsage(true, CertificateBuilder.KeyUsage.digitalSignature);
    private final List<X509Certificate> appended = new ArrayList<>();

    CertificateRequest(X509Bundle issuer) {
        this.issuer = issuer;
        Instant now = Instant.now();
        validity(now.minus(DAY), now.plus(DAY));
    }

    /** Adds a name: an IP address literal becomes an iPAddress entry, anything else a dNSName. */
    public CertificateRequest subjectAlternativeName(String name) {
        return isAddress(name) ? address(name) : dnsName(name);
    }

    /** Adds a dNSName entry, a wildcard such as {@code *.example.net} too. */
    public CertificateRequest dnsName(String name) {
        builder.addSanDnsName(name);
        return this;
    }

    /** Adds an iPAddress entry. */
    public CertificateRequest address(String literal) {
        builder.addSanIpAddress(InetAddress.ofLiteral(literal));
        return this;
    }

    /** Names the subject in the old way, by its common name; RFC 8310 8.1 forbids a client to look there. */
    public CertificateRequest commonName(String name) {
        builder.subject("CN=" + name);
        return this;
    }

    /** Valid until yesterday. */
    public CertificateRequest expired() {
        Instant now = Instant.now();
        return validity(now.minus(DAY.multipliedBy(2)), now.minus(DAY));
    }

    /** Valid from tomorrow on. */
    public CertificateRequest notYetValid() {
        Instant now = Instant.now();
        return validity(now.plus(DAY), now.plus(DAY.multipliedBy(2)));
    }

    /** Takes a key that exists, so that its pin stays the same in a new certificate. */
    public CertificateRequest key(KeyPair key) {
        builder.keyPair(key);
        return this;
    }

    /** Sends this certificate after the leaf, though it has nothing to do with the chain. */
    public CertificateRequest append(X509Certificate foreign) {
        appended.add(foreign);
        return this;
    }

    /** Signs it. */
    public ServerCertificate issue() {
        try {
            X509Bundle bundle = builder.buildIssuedBy(issuer);
            List<X509Certificate> chain = new ArrayList<>();
            chain.add(bundle.getCertificate());
            chain.addAll(appended);
            return new ServerCertificate(chain, bundle.getKeyPair());
        } catch (Exception e) {
            throw new IllegalStateException("No certificate could be made", e);
        }
    }

    private CertificateRequest validity(Instant from, Instant until) {
        builder.notBefore(from).notAfter(until);
        return this;
    }

    private static boolean isAddress(String name) {
        try {
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
