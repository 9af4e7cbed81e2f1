import { render } from 'preact';
import './report.css';
import { readReportData } from './read-report-data.ts';

const data = readReportData(document);
const root = document.getElementById('app');
if (root !== null) render(<h1>{data.answers.map(({ sentence }) => sentence).join(' ')}</h1>, root);
