import { render } from 'preact';
import './report.css';
import { readReportData } from './read-report-data.ts';
import { ReportPage } from './report-page.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element "app"');
render(<ReportPage data={readReportData(document)} />, root);
// When the first map stands: what "opens in a second" is measured by.
performance.mark('pool-lab-drawn');
