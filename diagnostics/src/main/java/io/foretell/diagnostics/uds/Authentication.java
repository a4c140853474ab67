package io.foretell.diagnostics.uds;

import java.util.List;

/**
 * The parts of Authentication (0x29), ISO 14229-1:2020 clause 10.6. What has no fixed length is
 * preceded by its length in two bytes.
 */
final class Authentication {
  private static final int ALGORITHM = 16;
  private static final String CHALLENGE = "challengeClient";
  private static final String PROOF = "proofOfOwnershipClient";
  private static final String SESSION_KEY = "sessionKeyInfo";

  private Authentication() {}

  static void parts(UdsReader to, boolean request, int sub) {
    if (!request) {
      to.part("authenticationReturnParameter", 1, meaning(to.peek(1)));
    } else if (sub == 1 || sub == 2 || sub == 5) {
      to.part("communicationConfiguration", 1, "");
    } else if (sub == 4) {
      to.part("certificateEvaluationId", 2, "");
    }
    boolean algorithm = sub >= 5 && sub <= 7;
    if (algorithm && to.left() >= ALGORITHM) {
      to.part("algorithmIndicator", ALGORITHM, "");
    }
    for (String name : request ? asked(sub) : answered(sub)) {
      if (to.left() >= 2) {
        to.counted(name);
      }
    }
  }

  private static List<String> asked(int sub) {
    return switch (sub) {
      case 1, 2 -> List.of("certificateClient", CHALLENGE);
      case 3 -> List.of(PROOF, "ephemeralPublicKeyClient");
      case 4 -> List.of("certificateData");
      case 6, 7 -> List.of(PROOF, CHALLENGE, "additionalParameter");
      default -> List.of();
    };
  }

  private static List<String> answered(int sub) {
    return switch (sub) {
      case 1 -> List.of("challengeServer", "ephemeralPublicKeyServer");
      case 2 ->
          List.of(
              "challengeServer",
              "certificateServer",
              "proofOfOwnershipServer",
              "ephemeralPublicKeyServer");
      case 3, 6 -> List.of(SESSION_KEY);
      case 5 -> List.of("challengeServer", "neededAdditionalParameter");
      case 7 -> List.of("proofOfOwnershipServer", SESSION_KEY);
      default -> List.of();
    };
  }

  private static String meaning(int value) {
    return switch (value) {
      case 0x00 -> "request accepted";
      case 0x01 -> "general reject";
      case 0x02 -> "authentication configuration APCE";
      case 0x03 -> "authentication configuration ACR, asymmetric";
      case 0x04 -> "authentication configuration ACR, symmetric";
      case 0x10 -> "de-authentication successful";
      case 0x11 -> "certificate verified, ownership verification necessary";
      case 0x12 -> "ownership verified, authentication complete";
      case 0x13 -> "certificate verified";
      default -> "";
    };
  }
}
