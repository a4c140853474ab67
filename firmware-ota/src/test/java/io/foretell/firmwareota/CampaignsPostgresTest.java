package io.foretell.firmwareota;

import java.nio.file.Path;

/** Campaigns on a real PostgreSQL. */
class CampaignsPostgresTest extends CampaignsTest {
  @Override
  CampaignFixture fixture(Path file) {
    return CampaignFixture.onPostgres(file);
  }
}
