// Starts the one-node replica set, makes the administrator and the application's user, and sets the application's password
// to the one in the environment. Run by mongosh beside mongod; can run again at any time, and goes on where it was cut off.
/* global Mongo, process, print, sleep, quit */

const member = process.env.MONGODB_MEMBER || 'mongodb:27017';
const adminPassword = readPassword('MONGODB_ADMIN_PASSWORD');
const password = readPassword('MONGODB_PASSWORD');

function readPassword(name) {
  const value = process.env[name] || '';
  // It becomes part of a connection string, where other characters would have to be escaped.
  if (!/^[A-Za-z0-9._~-]{16,}$/.test(value)) {
    print(`${name} must be at least 16 characters out of letters, digits and . _ ~ -`);
    quit(1);
  }
  return value;
}

const admin = new Mongo('mongodb://127.0.0.1:27017/?directConnection=true').getDB('admin');

/** Null, or why it was refused. */
function logIn() {
  try {
    admin.auth('admin', adminPassword);
    return null;
  } catch (error) {
    return error.message;
  }
}

function initiate() {
  try {
    admin.runCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: member }] } });
  } catch (error) {
    if (error.codeName !== 'AlreadyInitialized') throw error;
  }
}

function waitForPrimary() {
  for (let tries = 0; tries < 60; tries += 1) {
    if (admin.runCommand({ hello: 1 }).isWritablePrimary) return;
    sleep(1000);
  }
  throw new Error('the replica set has no primary after a minute');
}

// Before the first user exists, whoever comes from localhost may start the replica set and make that user; afterwards
// nobody may. So a refused log-in means either a first start, or a wrong password, which then fails here too.
const refused = logIn();
if (refused !== null) {
  try {
    initiate();
    waitForPrimary();
    admin.createUser({ user: 'admin', pwd: adminPassword, roles: [{ role: 'root', db: 'admin' }] });
    print('Replica set rs0 started, user admin made.');
  } catch (error) {
    print(`Cannot log in as admin with MONGODB_ADMIN_PASSWORD (${refused}), nor make that user (${error.message}).`);
    quit(1);
  }
  const again = logIn();
  if (again !== null) throw new Error(again);
}
waitForPrimary();

// dbAdmin of its own database: a changed lifetime of documents is a collMod of their index.
const roles = ['readWrite', 'dbAdmin'].map((role) => ({ role, db: 'tributary' }));
if (admin.getUser('tributary')) admin.updateUser('tributary', { pwd: password, roles });
else admin.createUser({ user: 'tributary', pwd: password, roles });
print('MongoDB is set up.');
quit(0);
