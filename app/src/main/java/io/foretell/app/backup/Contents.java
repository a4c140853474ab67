package io.foretell.app.backup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/** The files of a backup, one after the other: of an archive, or of a folder. */
@FunctionalInterface
public interface Contents {
  /** Shows each file to a visitor, once; whatever is there, nothing is believed yet. */
  void each(Visitor visitor) throws IOException;

  /** Takes a file. */
  interface Visitor {
    /** Reads the bytes to their end; does not close them. */
    void file(String path, InputStream bytes) throws IOException;
  }

  /** Of a zip archive, which is read to its very end. */
  static Contents ofArchive(InputStream in) {
    return visitor -> {
      ZipInputStream zip = new ZipInputStream(in);
      try {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          if (!entry.isDirectory()) {
            visitor.file(entry.getName(), zip);
          }
        }
      } catch (ZipException | EOFException | IllegalArgumentException e) {
        throw new BackupException("the backup is damaged: " + e.getMessage(), e);
      }
      in.transferTo(java.io.OutputStream.nullOutputStream());
    };
  }

  /** Of a folder that is a backup. */
  static Contents ofFolder(Path folder) {
    return visitor -> {
      List<Path> files;
      try (Stream<Path> all = Files.walk(folder)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
      for (Path file : files) {
        try (InputStream bytes = Files.newInputStream(file)) {
          visitor.file(folder.relativize(file).toString().replace('\\', '/'), bytes);
        }
      }
    };
  }

  /** Of an archive or a folder. */
  static Contents of(Path backup) throws IOException {
    if (Files.isDirectory(backup)) {
      return ofFolder(backup);
    }
    if (!Files.exists(backup)) {
      throw new BackupException("there is no backup " + backup);
    }
    return visitor -> {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(backup), 1 << 16)) {
        ofArchive(in).each(visitor);
      }
    };
  }
}
