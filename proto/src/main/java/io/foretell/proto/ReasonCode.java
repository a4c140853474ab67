package io.foretell.proto;

/**
 * Why an input was not taken, or an action not done. The name is what users and devices see, on
 * every protocol; docs/errors.md is made from this list.
 */
public enum ReasonCode {
  UNKNOWN_TOPIC("The topic or path is none that devices may use.", 404),
  INVALID_NAME("A tenant, device or signal name has characters that are not allowed.", 400),
  NOT_AUTHENTICATED("Credentials are missing or wrong.", 401),
  NOT_AUTHORISED("The credentials are good, but not for this.", 403),
  NOT_FOUND("There is nothing of that name.", 404),
  CONFLICT("The thing has changed, or is in a state that does not allow this.", 409),
  EMPTY_PAYLOAD("The message has no body.", 400),
  TOO_LARGE("The message is larger than the server takes.", 413),
  UNSUPPORTED_CONTENT_TYPE("The content type is none that this route takes.", 415),
  MALFORMED_PROTOBUF("The body is no Protobuf message.", 400),
  MALFORMED_JSON("The body is no JSON.", 400),
  WRONG_SHAPE("The body can be read but is not what this route takes.", 422),
  UNKNOWN_CODE_FORM("A fault code is in no notation that is known.", 422),
  TRUNCATED_FRAME("A raw frame is shorter than its length says.", 422),
  TIME_IN_FUTURE("The time is further ahead of the server's clock than is allowed.", 422),
  DUPLICATE_SEQUENCE("The device has sent this sequence number before.", 409),
  QUOTA_EXCEEDED("The device or its tenant sends more than it may.", 429),
  OVERLOADED("The server sheds load; send again later.", 503),
  STORAGE_UNAVAILABLE("The message could not be made durable.", 503),
  EXPIRED("The command or the metadata is past its time.", 410),
  PRECONDITION_FAILED("What must hold on the device does not hold.", 412),
  BAD_SIGNATURE("A signature is missing, wrong, or by a key that is not trusted.", 422),
  THRESHOLD_NOT_MET("Fewer good signatures than the threshold asks for.", 422),
  VERSION_BELOW_FLOOR("The version is older than what the device may go back to.", 422),
  DIGEST_MISMATCH("The bytes are not those that the digest names.", 422),
  SLOT_DID_NOT_START("The new software did not come up; the old one runs again.", 422),
  MISSING_THRESHOLD("A campaign's wave has no halt rule.", 422),
  INTERNAL("The server failed at this input; it is kept and can be replayed.", 500);

  private final String meaning;
  private final int httpStatus;

  ReasonCode(String meaning, int httpStatus) {
    this.meaning = meaning;
    this.httpStatus = httpStatus;
  }

  /** One sentence for a person. */
  public String meaning() {
    return meaning;
  }

  /** The HTTP status (RFC 9110) that goes with it. */
  public int httpStatus() {
    return httpStatus;
  }
}
