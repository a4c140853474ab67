// A device by the npm package mqtt: node device.js URL VERSION. It subscribes to its commands, reports with each QoS, prints the first
// command that comes, and ends.
const mqtt = require('mqtt');
const [url, version] = [process.argv[2], Number(process.argv[3])];
const fail = (what) => (error) => { if (error) { console.error(what, error.message); process.exit(1); } };
const client = mqtt.connect(url, {
  clientId: 'npm-' + version, username: 'truck', password: 'secret', protocolVersion: version,
  protocolId: version === 3 ? 'MQIsdp' : 'MQTT', clean: false, reconnectPeriod: 0,
  properties: version === 5 ? { sessionExpiryInterval: 60, receiveMaximum: 8, topicAliasMaximum: 4 } : undefined,
});
client.on('error', fail('connection'));
client.on('message', (topic, payload, packet) => {
  console.log(topic, payload.toString(), packet.properties ? packet.properties.responseTopic : '');
  client.end(false, {}, () => process.exit(0));
});
client.on('connect', () => {
  const properties = version === 5 ? { contentType: 'application/json', topicAlias: 1, userProperties: { a: 'b' } } : undefined;
  client.publish('v1/telemetry', '{"x":0}', { qos: 0 }, fail('QoS 0'));
  client.publish('v1/telemetry', '{"x":1}', { qos: 1, properties }, fail('QoS 1'));
  client.publish('v1/telemetry', '{"x":2}', { qos: 2, properties }, (error) => {
    fail('QoS 2')(error);
    client.subscribe('v1/commands/json', { qos: 2 }, fail('subscription'));
  });
});
