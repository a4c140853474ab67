/**
 * Reads what plant instruments, drives and controllers say of themselves: NAMUR NE107, HART,
 * PROFIBUS PA, IO-Link, OPC UA, CANopen, Modbus and CIP.
 */
@NullMarked
package io.foretell.diagnostics.industrial;

import org.jspecify.annotations.NullMarked;
