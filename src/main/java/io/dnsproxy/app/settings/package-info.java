/**
 * The settings: what they are called, what they default to, what is refused and how it is said.
 *
 * <p>{@link io.dnsproxy.app.settings.DnsproxyProperties} is the whole list; {@code application.yml} holds what concerns
 * Spring Boot. The variables of the original program ({@code SERVER_ADDRESS}, {@code SERVER_HOST}, {@code SERVER_PORT},
 * {@code RESOLVER_HOST}, {@code RESOLVER_PORT}) keep working, by {@code LegacyEnvironment}.
 *
 * <p>A setting with which the proxy cannot run ends the start with one
 * {@link io.dnsproxy.app.settings.SettingException}, exit code 1 and no stack trace. A property that does not exist ends
 * it too; a {@code DNSPROXY_} variable that binds to nothing is worth a warning, since Kubernetes sets some unasked.
 *
 * <p>Settings: all. Metrics: none. RFCs kept: RFC 7858 section 3.1 (never port 53 for DNS over TLS) and section 4.2
 * (pins), RFC 952 and RFC 1123 section 2.1 (host names), RFC 4291 section 2.2 (IPv6 addresses).
 *
 * <p><b>Limitations.</b> Settings are read once, at the start; only SSL bundles reload. A pin is the SHA-256 of a
 * SubjectPublicKeyInfo, no other digest. Host names are ASCII: an internationalized name is written in its
 * {@code xn--} form.
 */
@NullMarked
package io.dnsproxy.app.settings;

import org.jspecify.annotations.NullMarked;
