package io.foretell.firmwareota.tuf;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The private keys of one tenant's roles: a file {@code ROLE-ID.pem} each, mode 0600. */
final class KeyRing {
  private static final int ID_DIGITS = 16;

  private final Path folder;

  KeyRing(Path folder) {
    this.folder = folder;
  }

  /** Every key of a role that is on disk, current or past. */
  List<RoleKey> keys(Role role) throws IOException {
    List<RoleKey> keys = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return keys;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, role.text() + "-*.pem")) {
      for (Path file : files) {
        keys.add(RoleKey.read(role, file));
      }
    }
    keys.sort(Comparator.comparing(RoleKey::id));
    return keys;
  }

  RoleKey make(Role role) throws IOException {
    RoleKey key = RoleKey.generate(role);
    String name = role.text() + "-" + key.id().substring(0, ID_DIGITS) + ".pem";
    DurableFiles.writeSecret(folder.resolve(name), key.pem());
    return key;
  }
}
