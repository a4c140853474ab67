package io.foretell.gateway.coap;

import io.foretell.gateway.Credentials;
import io.foretell.gateway.Identities;
import io.foretell.gateway.Identities.Verdict;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.NullUnmarked;

/**
 * Lets the register judge certificates and raw public keys of a DTLS handshake; that the peer holds
 * the private key, the handshake proves by itself.
 */
@NullUnmarked
final class Certificates implements NewAdvancedCertificateVerifier {
  private final Identities identities;

  Certificates(Identities identities) {
    this.identities = identities;
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return List.of(CertificateType.X_509, CertificateType.RAW_PUBLIC_KEY);
  }

  @Override
  public CertificateVerificationResult verifyCertificate(
      ConnectionId connection,
      ServerNames serverName,
      InetSocketAddress remotePeer,
      boolean clientUsage,
      boolean verifySubject,
      boolean truncateCertificatePath,
      CertificateMessage message) {
    long now = System.nanoTime();
    CertPath path = message.getCertificateChain();
    PublicKey key = message.getPublicKey();
    Verdict verdict = identities.authenticate(credentials(path, key));
    if (!(verdict instanceof Verdict.Known known)) {
      AlertMessage alert = new AlertMessage(AlertLevel.FATAL, AlertDescription.BAD_CERTIFICATE);
      HandshakeException refusal =
          new HandshakeException(((Verdict.Refused) verdict).reason().name(), alert);
      return new CertificateVerificationResult(connection, refusal, null);
    }
    Proof proof = new Proof(known.device(), now, -1);
    return path != null
        ? new CertificateVerificationResult(connection, path, proof)
        : new CertificateVerificationResult(connection, key, proof);
  }

  private static Credentials credentials(CertPath path, PublicKey key) {
    if (path == null && key != null) {
      return new Credentials.RawKey(key);
    }
    List<X509Certificate> chain =
        path == null
            ? List.of()
            : path.getCertificates().stream().map(X509Certificate.class::cast).toList();
    return new Credentials.Certificate(chain);
  }

  /** None: that would tell strangers the tenants' authorities; a device has one certificate. */
  @Override
  public List<X500Principal> getAcceptedIssuers() {
    return List.of();
  }

  @Override
  public void setResultHandler(HandshakeResultHandler resultHandler) {
    // every answer is given at once
  }
}
