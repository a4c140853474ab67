package io.foretell.diagnostics.uds;

import java.util.Map;
import java.util.stream.Collectors;

/** The names of negative response codes, ISO 14229-1 annex A. */
final class NegativeResponseNames {
  private static final String TABLE =
      """
      00 PositiveResponse
      10 GeneralReject
      11 ServiceNotSupported
      12 SubFunctionNotSupported
      13 IncorrectMessageLengthOrInvalidFormat
      14 ResponseTooLong
      21 BusyRepeatRequest
      22 ConditionsNotCorrect
      24 RequestSequenceError
      25 NoResponseFromSubnetComponent
      26 FailurePreventsExecutionOfRequestedAction
      31 RequestOutOfRange
      33 SecurityAccessDenied
      34 AuthenticationRequired
      35 InvalidKey
      36 ExceedNumberOfAttempts
      37 RequiredTimeDelayNotExpired
      38 GeneralSecurityViolation
      39 SecureDataTransmissionNotAllowed
      3A InsufficientProtection
      3B TerminationWithSignatureRequested
      3C AccessDenied
      3D VersionNotSupported
      3E SecuredLinkNotSupported
      3F CertificateNotAvailable
      40 AuditTrailInformationNotAvailable
      50 CertificateVerificationFailed_InvalidTimePeriod
      51 CertificateVerificationFailed_InvalidSignature
      52 CertificateVerificationFailed_InvalidChainOfTrust
      53 CertificateVerificationFailed_InvalidType
      54 CertificateVerificationFailed_InvalidFormat
      55 CertificateVerificationFailed_InvalidContent
      56 CertificateVerificationFailed_InvalidScope
      57 CertificateVerificationFailed_InvalidCertificate
      58 OwnershipVerificationFailed
      59 ChallengeCalculationFailed
      5A SettingAccessRightsFailed
      5B SessionKeyCreationDerivationFailed
      5C ConfigurationDataUsageFailed
      5D DeAuthenticationFailed
      70 UploadDownloadNotAccepted
      71 TransferDataSuspended
      72 GeneralProgrammingFailure
      73 WrongBlockSequenceCounter
      78 RequestCorrectlyReceived_ResponsePending
      7E SubFunctionNotSupportedInActiveSession
      7F ServiceNotSupportedInActiveSession
      81 RpmTooHigh
      82 RpmTooLow
      83 EngineIsRunning
      84 EngineIsNotRunning
      85 EngineRunTimeTooLow
      86 TemperatureTooHigh
      87 TemperatureTooLow
      88 VehicleSpeedTooHigh
      89 VehicleSpeedTooLow
      8A ThrottlePedalTooHigh
      8B ThrottlePedalTooLow
      8C TransmissionRangeNotInNeutral
      8D TransmissionRangeNotInGear
      8F BrakeSwitchNotClosed
      90 ShifterLeverNotInPark
      91 TorqueConverterClutchLocked
      92 VoltageTooHigh
      93 VoltageTooLow
      94 ResourceTemporarilyNotAvailable
      """;

  private NegativeResponseNames() {}

  static Map<Integer, String> read() {
    return TABLE
        .lines()
        .map(String::strip)
        .collect(
            Collectors.toUnmodifiableMap(
                line -> Integer.valueOf(line.substring(0, 2), 16), line -> line.substring(3)));
  }
}
