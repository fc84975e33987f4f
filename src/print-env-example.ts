import { envExample } from './config';

process.stdout.write(envExample());
