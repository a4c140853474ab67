package io.foretell.servicedesk;

import io.foretell.proto.Severity;
import io.foretell.proto.TicketEvent.Urgency;
import java.time.Duration;
import java.util.Optional;

/**
 * How bad a problem is, and how soon someone must act.
 *
 * @param severity the worst that a finding said in this round
 * @param urgency never falls while a ticket is open
 * @param confidence of the newest finding, 0–1
 * @param horizon until the predicted failure, by the newest finding; empty where it is there
 *     already
 * @param exposure how many other devices of the tenant had the same cause open, when last looked at
 */
public record Assessment(
    Severity severity,
    Urgency urgency,
    double confidence,
    Optional<Duration> horizon,
    int exposure) {}
